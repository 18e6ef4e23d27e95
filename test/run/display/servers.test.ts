import { expect, it } from 'vitest'
import { planOf } from '../../support/plans.ts'
import { started, watched } from '../../support/watched-run.ts'

const plans = ['heron', 'otter'].map((name) => planOf(name, 200))
const servers = { heron: 'http://gpu-1:8188/', otter: 'https://gpu-2.example/' }

/** Two films that are made at a time, each on a server. */
function twoFilms(columns?: number) {
  const run = watched({ ...(columns && { columns }), work: { plans, vace: true, isToDo: () => true } })
  run.emit(started[0]!)
  for (const plan of plans) {
    const { videoName: video } = plan
    run.emit({ kind: 'video-placed', at: 0, video, server: servers[video as 'heron'] })
    run.emit({ kind: 'video-started', at: 0, video, plan, skipped: [] })
    run.emit({ kind: 'job-started', at: 0, video, workflow: 1, promptId: 'x', attempt: 1, graph: 'g' })
  }
  return run
}

it('shows which server makes a film, and which of them is away', () => {
  const run = twoFilms(100)
  run.emit({ kind: 'server-away', at: 31_000, waited: 31_000, patience: 120_000, server: servers.otter })
  expect(run.look().slice(-5)).toMatchInlineSnapshot(`
    [
      "heron              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6 on gpu-1:8188  film 1/2",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  sent  00:31",
      "otter              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6 on gpu-2.example  film 2/2",
      "high chunk 1/2     ComfyUI is away: waiting 00:31 of 02:00",
      "00:31 so far",
    ]
  `)
  expect(run.texts.stderr).toBe(
    'warning: ComfyUI at https://gpu-2.example/ has not answered for 00:31; the run waits for it up to 02:00\n',
  )
  const back = { video: 'otter', server: servers.otter, reason: 'it does not answer', isOut: true }
  run.emit({ kind: 'video-returned', at: 120_000, ...back })
  expect(run.look().slice(-3)).toMatchInlineSnapshot(`
    [
      "heron              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6 on gpu-1:8188  film 1/2",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  sent  02:00",
      "02:00 so far",
    ]
  `)
  expect(run.texts.stderr).toContain(
    'warning: otter: https://gpu-2.example/ gives it back and takes no further film: it does not answer\n',
  )
})

it('has room for the server on a terminal of 80 columns', () => {
  const run = twoFilms(80)
  run.emit({ kind: 'job-queued', at: 1_000, video: 'otter', workflow: 1, ahead: 1 })
  expect(run.look().filter((line) => line.includes('job 1/6'))).toMatchInlineSnapshot(`
    [
      "heron              ░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6 on gpu-1:8188  film 1/2",
      "otter              ░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6 on gpu-2.example  film…",
    ]
  `)
})

it('shows no more lines than it can take back on a low terminal', () => {
  const run = twoFilms(80)
  run.stdout.rows = 4
  run.emit({ kind: 'job-queued', at: 1_000, video: 'otter', workflow: 1, ahead: 1 })
  expect(run.look().filter((line) => /job 1\/6 |chunk 1\/2|so far/.test(line))).toMatchInlineSnapshot(`
    [
      "otter              ░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6 on gpu-2.example  film…",
      "high chunk 1/2     1 ahead in the queue",
      "00:01 so far",
    ]
  `)
})

it('says of which film a job is, also when the other one is over', () => {
  const run = twoFilms()
  const over = { code: 'PR_CANCELLED', reason: 'The run was cancelled' }
  run.emit({ kind: 'video-failed', at: 5_000, video: 'otter', ...over })
  const more = { willRetry: true, code: 'PR_COMFY_HTTP', reason: 'it broke' }
  run.emit({ kind: 'job-failed', at: 9_000, video: 'heron', workflow: 1, attempt: 1, ...more })
  expect(run.texts.stderr).toMatchInlineSnapshot(`
    "otter failed: PR_CANCELLED: The run was cancelled
    warning: heron: job 1/6 high chunk 1  failed: PR_COMFY_HTTP: it broke (attempt 1, trying again)
    "
  `)
})
