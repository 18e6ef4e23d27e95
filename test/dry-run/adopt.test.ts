import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { hurry } from '../support/hurry.ts'
import { journals, unchecked } from '../support/journals.ts'
import { until } from '../support/live-process.ts'
import { type Json, promptFile } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld } from '../support/simulated-world.ts'

/**
 * A live run of one chunk (HIGH, LOW, combine) whose machine has died while its first prompt ran. That runs until `finish` lets
 * the server's time go on. `change` is asked of each request.
 */
async function died(change: (request: Request) => Promise<Response> | null = () => null) {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  onTestFinished(() => finish())
  const clock = virtualClock(Date.now(), 0)
  const world = await simulatedWorld((_, http) => (request) => change(request) ?? http(request), {
    ...clock,
    async sleep(ms, signal) {
      // The server's own pauses are shorter than any node's work.
      if (ms > 10) await finished
      return clock.sleep(ms, signal)
    },
  })
  const send = (path: string, init?: RequestInit) =>
    world.send('comfyui', new Request(`http://127.0.0.1:8188${path}`, init))
  const ask = async (path: string): Promise<Json> => (await send(path)).json()
  const context = runContext({
    'prompt_files/otter.txt': promptFile('otter', 13),
    'other/wren.txt': promptFile('wren', 5),
    'longer/otter.txt': promptFile('otter', 26),
    'more/heron.txt': promptFile('heron', 5),
    'more/otter.txt': promptFile('otter', 13),
  })
  const flags = ['--no-upload', '--seed', '7']
  const first = context.start(world, flags)
  const promptId = await until(async (): Promise<string | undefined> => (await ask('/queue')).queue_running[0]?.[1])
  first.die()
  await first.ended
  const name = Object.keys(journals(context.outputDir))[0]!
  const start = (...more: string[]) => context.start(world, [...flags, '--resume', name, ...more])
  const started = () => context.journal(name).filter(({ kind }) => kind === 'job-started')
  return {
    world,
    ask,
    finish,
    context,
    journal: join(context.outputDir, `state/${name}.jsonl`),
    promptId,
    start,
    started,
    resume: (...more: string[]) => start(...more).ended,
    /** Goes on to the end; what runs has to be interrupted for that. */
    async resumeAndStop(...more: string[]) {
      const resumed = start(...more).ended
      await until(() => world.asked.find((line) => line === 'comfyui POST /interrupt'))
      finish()
      const { exitCode, stderr } = await resumed
      expect(`${exitCode} ${stderr}`).toBe('0 ')
    },
    interrupt: () => send('/interrupt', { method: 'POST' }),
    /** What was sent, in order: workflow and attempt of each. */
    sent: () => started().map(({ workflow, attempt }) => `${workflow}.${attempt}`),
    has: (kind: string) => until(() => context.journal(name).find((event) => event.kind === kind)),
    hasEnded: () => until(async () => (await ask('/history'))[promptId]),
  }
}

it('follows the prompt of a run that has died', async () => {
  const test = await died()
  const resumed = test.resume()
  await test.has('job-adopted')
  test.finish()
  const { exitCode, stderr, stdout } = await resumed
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain('job 1/3 high chunk 1  is still on the server: goes on with it\n')
  // Each job was paid for once.
  expect(test.sent()).toEqual(['1.1', '2.1', '3.1'])
  expect(Object.keys(await test.ask('/history')).length).toBe(3)
  expect(test.context.files().filter((file) => /lock|part/.test(file))).toEqual([])
})

it('uses what the server has finished meanwhile', async () => {
  const test = await died()
  test.finish()
  await test.hasEnded()
  const { exitCode, stderr, stdout } = await test.resume()
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain('job 1/3 high chunk 1  was done by the server meanwhile\n')
  expect(test.sent()).toEqual(['1.1', '2.1', '3.1'])
})

it('sends anew what has failed meanwhile', async () => {
  const test = await died()
  await test.interrupt()
  test.finish()
  await test.hasEnded()
  const { exitCode, stderr } = await test.resume()
  expect(`${exitCode} ${stderr}`).toBe(`0 warning: Prompt ${test.promptId} has failed since; its job is sent anew\n`)
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('stops a prompt that the new plan has no use for', async () => {
  const test = await died()
  await test.resumeAndStop('--steps', '4')
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
  const { status } = (await test.ask('/history'))[test.promptId]
  expect(status.messages.at(-1)[0]).toBe('execution_interrupted')
})

it.each([
  ['of other settings', ['--steps', '4']],
  ['without that video', ['--prompt-dir', 'other']],
])('stops what a new plan %s has no use for before it sends anything', async (_, flags) => {
  const test = await died()
  const { length } = test.world.asked
  await test.resumeAndStop(...flags)
  const asked = test.world.asked.slice(length).filter((line) => /POST \/(prompt|interrupt|queue)$/.test(line))
  expect(asked.slice(0, 3)).toEqual(['comfyui POST /queue', 'comfyui POST /interrupt', 'comfyui POST /prompt'])
})

it('stops it all the same when a proxy does not let that through at first', async () => {
  hurry()
  let isBroken = true
  const test = await died((request) => {
    if (!isBroken || !request.url.endsWith('/queue') || request.method !== 'POST') return null
    isBroken = false
    return Promise.resolve(new Response('', { status: 502 }))
  })
  await test.resumeAndStop('--steps', '4')
})

it('leaves no prompt behind when it is cancelled before it has come to it', async () => {
  let cancel = () => {}
  const test = await died((request) => {
    if (request.url.includes('/history/')) cancel()
    return null
  })
  const resumed = test.start()
  cancel = resumed.cancel
  const { exitCode } = await resumed.ended
  expect(exitCode).toBe(130)
  expect(test.world.asked).toContain('comfyui POST /interrupt')
  test.finish()
})

it('leaves no prompt of a later video behind when it is cancelled in one before', async () => {
  let cancel = () => {}
  const test = await died((request) => {
    if (request.method === 'POST' && request.url.endsWith('/prompt')) cancel()
    return null
  })
  const resumed = test.start('--prompt-dir', 'more')
  cancel = resumed.cancel
  expect((await resumed.ended).exitCode).toBe(130)
  expect(test.world.asked).toContain('comfyui POST /interrupt')
  test.finish()
  await test.hasEnded()
  expect((await test.ask('/history'))[test.promptId].status.messages.at(-1)[0]).toBe('execution_interrupted')
})

it('sends anew what was interrupted while it went on with it', async () => {
  const test = await died()
  const resumed = test.resume()
  await test.has('job-adopted')
  await test.interrupt()
  test.finish()
  const { exitCode, stderr } = await resumed
  expect(`${exitCode} ${stderr}`).toBe(`0 warning: Prompt ${test.promptId} was interrupted; its job is sent anew\n`)
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('stops a prompt of the same job that was built otherwise', async () => {
  const test = await died()
  // As another version of the program might have.
  const { journal } = test
  const other = unchecked(readFileSync(journal, 'utf8')).replace(/"graph":"\w+"/, `"graph":"${'0'.repeat(64)}"`)
  writeFileSync(journal, other)
  await test.resumeAndStop()
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('takes no digest that has changed for the graph of another prompt, and goes on without the line', async () => {
  const test = await died()
  const { journal } = test
  const text = readFileSync(journal, 'utf8')
  writeFileSync(
    journal,
    text.replace(/"graph":"(\w)/, (_, digit) => `"graph":"${digit === '0' ? '1' : '0'}`),
  )
  const { exitCode, stderr } = await test.resume()
  const lines = text.split('\n')
  const at = lines.findIndex((line) => line.includes('"graph"'))
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`.jsonl:${at + 1} is not as it was written\n`)])
  writeFileSync(journal, lines.toSpliced(at, 1).join('\n'))
  test.finish()
  expect((await test.resume()).exitCode).toBe(0)
  expect(test.sent()).toEqual(['2.1', '3.1'])
})

it('sends anew what the server has finished when its files are gone there', async () => {
  const isLook = ({ method, url }: Request) => method === 'HEAD' && url.includes('/view')
  const test = await died((request) => (isLook(request) ? Promise.resolve(new Response(null, { status: 404 })) : null))
  test.finish()
  await test.hasEnded()
  const { exitCode, stderr } = await test.resume()
  expect(`${exitCode} ${stderr}`).toBe(
    `0 warning: Prompt ${test.promptId} has succeeded, but its files are gone from the server; its job is sent anew\n`,
  )
  expect(test.sent()).toEqual(['1.1', '1.2', '2.1', '3.1'])
})

it('never sends one id twice, also when a job gets another number', async () => {
  const test = await died()
  test.finish()
  await test.hasEnded()
  await test.resume()
  // One chunk more moves the combine job from number 3 to number 5.
  const { exitCode } = await test.resume('--prompt-file', 'longer/otter.txt')
  expect(exitCode).toBe(0)
  const ids = test.started().map(({ promptId }) => promptId)
  expect(new Set(ids).size).toBe(ids.length)
})
