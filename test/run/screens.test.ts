import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { planOf } from '../support/plans.ts'
import { resultOf } from '../support/results.ts'
import { estimate, job, plan, started, step, watched } from '../support/watched-run.ts'

const job3 = [started[1]!, started[0]!, ...started.slice(2, 4), estimate, started[4]!, step(33_000, 1), step(52_200, 2)]

/** The moments of a run, each with what stands on the screen then. */
function moments(run: ReturnType<typeof watched>): string {
  const said: string[] = []
  const moment = (what: string, rows = 5) => void said.push(`=== ${what}`, ...run.look().slice(-rows))
  run.emit(...job3.slice(0, -2))
  moment('the job is sent')
  run.emit({ kind: 'job-queued', at: 2_000, ...job, ahead: 2 })
  moment('it waits in the queue')
  run.emit(...job3.slice(-2))
  moment('it has made two steps')
  run.wait(10_000)
  moment('the server has said nothing for ten seconds')
  run.wait(120_000)
  moment('and nothing for two minutes more')
  run.emit({ kind: 'server-away', at: 190_000, waited: 45_000, patience: 120_000 })
  moment('it is away')
  run.emit({ kind: 'job-finished', at: 200_000, ...job, result: resultOf(plan, 3, 'y', 199_000) })
  run.emit({ kind: 'job-started', at: 200_000, ...job, workflow: 4, promptId: 'z', attempt: 1, graph: 'g' })
  run.emit({
    kind: 'job-progress',
    at: 201_000,
    ...job,
    workflow: 4,
    node: '9',
    title: '\x1b[2J\x1b[31mVAE\r\n ダブル',
    step: 0,
    of: 0,
  })
  moment('the next job is at a node without steps, whose title would steer the terminal')
  const done = [4, 5, 6].map(
    (workflow): RunEvent => ({ kind: 'job-finished', at: 205_000, ...job, workflow, result: resultOf(plan, workflow) }),
  )
  run.emit(...done, {
    kind: 'upload-progress',
    at: 206_000,
    video: 'otter',
    object: 'june/otter.mp4',
    sent: 1,
    bytes: 3,
  })
  moment('the film is on its way')
  run.emit({ kind: 'run-finished', at: 210_000, ok: false, cancelled: true })
  run.progress[Symbol.dispose]()
  moment('it was cancelled; all of the screen', 1_000)
  return `${said.join('\n')}\n=== stderr\n${run.texts.stderr}`
}

it.each([
  ['80 columns', { columns: 80 }],
  ['120 columns', { columns: 120 }],
  ['40 columns', { columns: 40 }],
  ['a pipe', {}],
  ['a dumb terminal', { columns: 80, mode: { dumb: true } }],
  ['quiet', { columns: 80, mode: { quiet: true } }],
  ['json', { columns: 80, mode: { json: true } }],
  ['simulated times', { columns: 80, mode: { dryRun: true }, times: 'simulated', share: 0.05 }],
  ['times of a CPU', { columns: 80, mode: { dryRun: true }, times: 'hidden', share: 1 }],
  ['times of a CPU in a pipe', { mode: { dryRun: true }, times: 'hidden', share: 0 }],
] as const)('shows a run on or with %s', async (name, options) => {
  await expect(moments(watched(options))).toMatchFileSnapshot(`expected/live ${name}.txt`.replaceAll(' ', '-'))
})

it('paints bars and what goes wrong, unless there are to be no colours', () => {
  const painted = watched({ columns: 80, mode: { colour: true } })
  moments(painted)
  const plain = watched({ columns: 80 })
  expect(painted.texts.stdout).toContain(`${'\x1b[33m'}ComfyUI is away`)
  expect(painted.texts.stdout).toContain(`${'\x1b[32m'}█`)
  moments(plain)
  expect(plain.texts.stdout.match(/\x1b\[\d*m/)).toBeNull()
  expect(painted.look()).toEqual(plain.look())
})

it('goes on in plain lines when the window becomes too narrow, and comes back', () => {
  const run = watched({ columns: 80 })
  run.emit(...job3)
  expect(run.look().at(-1)).toBe('00:52 so far · about 05:03 left · $0.01')
  const [before, shown] = [run.look(), run.texts.stdout.length]
  run.stdout.columns = 50
  run.wait(1_000)
  // Two of its three lines have been broken in two.
  expect(run.texts.stdout.slice(shown)).toBe('\x1b[5A\r\x1b[J')
  run.wait(60_000)
  const line =
    'job 3/6 high chunk 2  step 2/8  01:00 · 19.2 s/it · 01:01 so far · about 04:54 left · $0.01 · no news for 00:09'
  expect(run.texts.stdout.slice(shown)).toBe(`\x1b[5A\r\x1b[J${line}\n`)
  run.stdout.columns = 80
  run.wait(1_000)
  expect(run.texts.stdout.slice(shown).split('\n').slice(1, 3)).toEqual(
    before.slice(-3, -1).map((row) => row.replace('00:51', '01:53')),
  )
})

it('shows all films that several servers make at a time, and says which job is whose', () => {
  const plans = ['badger', 'heron', 'ibis', 'lynx', 'otter', 'wren'].map((name) => planOf(name, 200))
  const run = watched({ columns: 80, work: { plans, vace: true, isToDo: () => true } })
  run.emit(started[0]!)
  for (const [index, made] of plans.entries()) {
    const { videoName: video } = made
    run.emit({ kind: 'video-started', at: index, video, plan: made, skipped: [] })
    run.emit({ kind: 'job-started', at: index, video, workflow: 1, promptId: 'x', attempt: 1, graph: 'g' })
  }
  const at = { video: 'heron', node: '10', title: 'Sampler', of: 4 }
  run.emit({ kind: 'job-progress', at: 2_000, workflow: 1, step: 1, ...at })
  run.emit({ kind: 'job-progress', at: 5_000, workflow: 1, step: 2, ...at })
  const result = resultOf(plans[0]!, 1, 'p', 5_000)
  run.emit({ kind: 'job-finished', at: 5_000, video: 'badger', workflow: 1, result })
  expect(run.look().slice(-10)).toMatchInlineSnapshot(`
    [
      "badger             ░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6  film 1/6",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░  sent  00:05",
      "heron              ██░░░░░░░░░░░░░░░░░░    8 %  job 1/6  film 2/6",
      "high chunk 1/2     ██████████░░░░░░░░░░  step 2/4  3.0 s/it  00:04  Sampler",
      "ibis               ░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6  film 3/6",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░  sent  00:04",
      "lynx               ░░░░░░░░░░░░░░░░░░░░    0 %  job 1/6  film 4/6",
      "high chunk 1/2     ░░░░░░░░░░░░░░░░░░░░  sent  00:04",
      "… and 2 more films",
      "00:05 so far",
    ]
  `)
})

it('takes the block away at a good end, and stops to tick', () => {
  const run = watched({ columns: 80 })
  run.emit(...job3, { kind: 'run-finished', at: 60_000, ok: true })
  run.progress[Symbol.dispose]()
  expect([run.look().at(-1), run.ticks.size, run.stdout.listenerCount('resize')]).toEqual([
    'otter: 200 frames in 2 chunks, 6 jobs, 2 of them done already',
    0,
    0,
  ])
})

it('draws and says nothing more when the run is over, however long its summary takes', () => {
  for (const columns of [80, 0]) {
    const run = watched({ columns })
    run.emit(...job3, { kind: 'run-finished', at: 60_000, ok: false })
    const said = run.texts.stdout
    run.wait(120_000)
    run.progress[Symbol.dispose]()
    expect(run.texts.stdout).toBe(said)
  }
})

it('says nothing by the clock where only events move it', () => {
  const run = watched({ share: 0 })
  run.emit(...job3)
  const said = run.texts.stdout
  run.wait(600_000)
  expect(run.texts.stdout).toBe(said)
})
