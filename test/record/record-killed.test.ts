import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { loadRecording } from '../../src/recording/load-recording.ts'
import type { Simulator } from '../../src/simulators/simulator.ts'
import { bareEnvironment, newFolder } from '../cli/run-pr.ts'
import { program } from '../support/program.ts'
import { chosen, seed } from '../support/seeded.ts'
import { liveServer, workflow } from './live-server.ts'

it('leaves the old recording or the new one, whole, whenever it is killed', async () => {
  const { cwd, args, read, folders } = await liveServer()
  const started = Date.now()
  await once(start(args, cwd), 'exit')
  const took = Date.now() - started
  const before = read()
  const bodies = readdirSync(join(cwd, 'recordings/otter/bodies'))
  const other = join(newFolder({ 'otter.json': workflow(128, 'otter/{{run}}/other') }), 'otter.json')
  // Every step of publishing is cut off in publish.test.ts; here it is the whole process, at any moment.
  for (let kill = 1; kill <= 5; kill += 1) {
    const moment = Math.round(chosen(`kill ${kill}`) * took * 1.1)
    const killed = `kill ${kill}, ${moment} ms after the start, PR_SEED=${seed}`
    const child = start([...args.slice(0, 4), other, ...args.slice(5)], cwd)
    const exited = once(child, 'exit')
    await Promise.race([exited, wait(moment)])
    child.kill('SIGKILL')
    await exited
    const loading = loadRecording(join(cwd, 'recordings/otter'))
    await expect(
      loading.then(({ entries }) => entries.every(({ responseBody }) => responseBody())),
      killed,
    ).resolves.toBe(true)
    const text = read()
    if (text !== before) expect(text, killed).toContain('other_00001_.png')
    else expect(readdirSync(join(cwd, 'recordings/otter/bodies')), killed).toEqual(expect.arrayContaining(bodies))
  }
  expect(folders().filter((name) => !/^otter(?:\.unfinished-[\d_]+|\.lock(?:\.\d+)?)?$/.test(name))).toEqual([])
})

it('keeps what it has under a name that says so when it is interrupted', async () => {
  const { promise: sent, resolve: isSent } = Promise.withResolvers<void>()
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  const change = (http: Simulator): Simulator => {
    return async (request) => {
      if (new URL(request.url).pathname !== '/prompt') return http(request)
      isSent()
      await ended
      return new Response()
    }
  }
  const { cwd, args, folders } = await liveServer('comfyui-smoke', { change })
  const child = start(args, cwd)
  await sent
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  end()
  expect(code).toBe(130)
  expect(folders().map((name) => name.replace(/-[\d_]+$/, ''))).toEqual(['otter.interrupted'])
})

function start(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [program, ...args], { cwd, env: bareEnvironment(), stdio: 'ignore' })
}
