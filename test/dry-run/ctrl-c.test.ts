import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { promptsRun, promptsSent, simulatedWorld } from '../support/simulated-world.ts'

const said = {
  close:
    'warning: Ctrl-C: the job that runs is finished, then the run stops. Press it again to interrupt that job on the server.\n',
  abort:
    'warning: Ctrl-C: the job that runs is interrupted on the server, then the run stops. Press it again to leave at once.\n',
}

/** A live run in which Ctrl-C is pressed `presses` times at the `nth` request that matches. */
async function pressedAt(wanted: RegExp, nth = 1, presses = 1, flags: readonly string[] = []) {
  const world = await simulatedWorld()
  const context = runContext()
  let left = nth
  const run = context.start(world, flags, {
    diesAt(asked, isAnswered) {
      if (!isAnswered && wanted.test(asked)) left -= 1
      if (left === 0) {
        left = -1
        for (let press = 0; press < presses; press += 1) run.press()
      }
      return false
    },
  })
  const { exitCode, stdout, stderr } = await run.ended
  const [name = ''] = Object.keys(journals(context.outputDir))
  const resumed = () => context.live(world, ['--resume', name, ...flags])
  return { world, context, exitCode, stdout, stderr, name, resumed }
}

it('finishes the job that runs at the first Ctrl-C, begins no other, and goes on from there', async () => {
  const { world, context, exitCode, stderr, name, resumed } = await pressedAt(/POST \/prompt$/, 2)
  expect(exitCode).toBe(130)
  expect(stderr).toBe(
    [
      said.close,
      'otter failed: PR_CANCELLED: The run was cancelled; what is done is recorded\n',
      'PR_CANCELLED: The run was cancelled; what is done is recorded\n',
      `  hint: go on from there with\n    pr --yes --width 64 --height 64 --frames-per-chunk 13 --output-dir output/prompt-runner --resume ${name}\n`,
    ].join(''),
  )
  expect([promptsSent(world), await promptsRun(world)]).toEqual([2, 2])
  expect(world.asked.filter((line) => /POST \/(queue|interrupt)/.test(line))).toEqual([])
  const kinds = context.journal(name).map(({ kind, workflow }) => `${kind} ${workflow ?? ''}`)
  expect(kinds).toContain('job-finished 2')
  expect(context.journal(name).at(-1)).toMatchObject({ kind: 'run-finished', ok: false, cancelled: true })
  expect((await resumed()).exitCode).toBe(0)
  expect(await promptsRun(world)).toBe(6)
})

it('interrupts the job on the server at the second Ctrl-C', async () => {
  const { world, exitCode, stderr, resumed } = await pressedAt(/POST \/prompt$/, 2, 2)
  expect(exitCode).toBe(130)
  expect(stderr).toContain(said.close + said.abort)
  expect(world.asked).toContain('comfyui POST /queue')
  expect((await resumed()).exitCode).toBe(0)
})

it('places the film of the last job, and uploads it only when it goes on', async () => {
  const { world, context, exitCode, resumed } = await pressedAt(/POST \/prompt$/, 6)
  expect(exitCode).toBe(130)
  expect(context.files()).toContain('final/otter.mp4')
  // The name of the run was claimed there.
  expect(world.asked.filter((line) => /gcs PUT/.test(line))).toHaveLength(1)
  const { exitCode: end, summary } = await resumed()
  expect([end, summary.jobs]).toMatchObject([0, { skipped: 6 }])
  expect(promptsSent(world)).toBe(6)
})

it('is done when the last job was all that lacked', async () => {
  const { exitCode, stderr } = await pressedAt(/POST \/prompt$/, 6, 1, ['--no-upload'])
  expect([exitCode, stderr]).toEqual([0, said.close])
})

it('finishes an upload that has begun, with its manifest', async () => {
  const { exitCode, stderr, world } = await pressedAt(/gcs PUT/, 2)
  expect([exitCode, stderr]).toEqual([0, said.close])
  expect(world.asked.filter((line) => /gcs PUT/.test(line))).toHaveLength(3)
})
