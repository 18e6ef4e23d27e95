import { expect, it } from 'vitest'
import { planOf } from '../../support/plans.ts'
import { started, watched } from '../../support/watched-run.ts'

const plans = ['heron', 'otter'].map((name) => planOf(name, 200))
const servers = { heron: 'http://gpu-1:8188/', otter: 'https://gpu-2.example/' }

it('shows which server makes a film, and which of them is away', () => {
  const run = watched({ columns: 100, work: { plans, vace: true, isToDo: () => true } })
  run.emit(started[0]!)
  for (const plan of plans) {
    const { videoName: video } = plan
    run.emit({ kind: 'video-placed', at: 0, video, server: servers[video as 'heron'] })
    run.emit({ kind: 'video-started', at: 0, video, plan, skipped: [] })
    run.emit({ kind: 'job-started', at: 0, video, workflow: 1, promptId: 'x', attempt: 1, graph: 'g' })
  }
  run.emit({ kind: 'server-away', at: 31_000, waited: 31_000, patience: 120_000, server: servers.otter })
  expect(run.look().slice(-5)).toMatchInlineSnapshot(`
    [
      "heron              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6  film 1/2 on gpu-1:8188",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  sent  00:31",
      "otter              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6  film 2/2 on gpu-2.example",
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
      "heron              ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6  film 1/2 on gpu-1:8188",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  sent  02:00",
      "02:00 so far",
    ]
  `)
  expect(run.texts.stderr).toContain(
    'warning: otter: https://gpu-2.example/ gives it back and takes no further film: it does not answer\n',
  )
})
