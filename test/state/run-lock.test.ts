import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { lockRun, tryLockRun } from '../../src/state/run-lock.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'

let dir: string
let path: string
beforeEach(() => {
  dir = join(temporaryFolder(), 'state')
  path = join(dir, 'calm-otter.lock')
})

const at = Date.UTC(2026, 0, 1)
const module = resolve('src/state/run-lock.ts')
const locking = (more: string) => [
  '--input-type=module',
  '-e',
  `import { tryLockRun } from ${JSON.stringify(module)}
  const lock = tryLockRun(${JSON.stringify(dir)}, 'calm-otter', ${at})
  ${more}`,
]
/** Leaves the lock of a process that is dead. */
const dieLocked = () => spawnSync(process.execPath, locking('process.kill(process.pid, "SIGKILL")'))
const write = (holder: object) => writeFileSync(path, JSON.stringify(holder))

it('is held by one at a time, and leaves nothing when it is given back', () => {
  const lock = tryLockRun(dir, 'calm-otter', at)
  expect(lock).not.toBe(null)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    pid: process.pid,
    host: hostname(),
    since: '2026-01-01T00:00:00.000Z',
    // Not every system says when a process started.
    started: expect.toBeOneOf([null, expect.any(String)]),
  })
  expect(tryLockRun(dir, 'calm-otter', at)).toBe(null)
  using _other = tryLockRun(dir, 'calm', at)!
  lock![Symbol.dispose]()
  expect(readdirSync(dir)).toEqual(['calm.lock'])
  tryLockRun(dir, 'calm-otter', at)![Symbol.dispose]()
})

it('is given back by a process that ends without a word', () => {
  spawnSync(process.execPath, locking('process.exit(1)'))
  expect(readdirSync(dir)).toEqual([])
})

it('says who holds it, and since when', async () => {
  using _lock = lockRun(dir, 'calm-otter', at)
  expect(await failure(() => lockRun(dir, 'calm-otter', at))).toEqual({
    code: 'PR_STATE',
    message: `--resume calm-otter: this run is in progress: process ${process.pid} on ${hostname()}, since 2026-01-01T00:00:00.000Z`,
    hint: 'Two processes on one run would pay for each job twice: wait for the other one, or stop it.',
  })
})

it('says how to clear the lock of another host, which it cannot look into', async () => {
  lockRun(dir, 'calm-otter', at)[Symbol.dispose]()
  write({ pid: 1, host: 'pod-7', since: '2026-01-01T00:00:00.000Z', started: null })
  expect(await failure(() => lockRun(dir, 'calm-otter', at))).toEqual({
    code: 'PR_STATE',
    message: '--resume calm-otter: this run is locked: process 1 on pod-7, since 2026-01-01T00:00:00.000Z',
    hint: `Whether it still runs can be seen only there. If it does not, remove ${path} and try again.`,
  })
  // Whatever its number stands for here, where no process has it.
  write({ pid: 2 ** 22 + 1, host: 'pod-7', since: '2026-01-01T00:00:00.000Z', started: 'another boot 1' })
  expect(tryLockRun(dir, 'calm-otter', at)).toBe(null)
  writeFileSync(path, '{"pid":')
  expect(await failure(() => lockRun(dir, 'calm-otter', at))).toMatchObject({
    message: '--resume calm-otter: this run is locked: by whom is unreadable',
  })
})

it('takes over from a dead process', () => {
  dieLocked()
  lockRun(dir, 'calm-otter', at)[Symbol.dispose]()
  expect(readdirSync(dir)).toEqual([])
})

it('is taken over from a dead process by one of many that try at once', async () => {
  dieLocked()
  expect(readdirSync(dir)).toEqual(['calm-otter.lock'])
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, locking('console.log(lock !== null); process.stdin.resume()'), {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const answers = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()))
  for (const child of children) child.kill()
  expect(answers.toSorted()).toEqual(['false', 'false', 'false', 'false', 'false', 'true'])
})

it('says what is wrong with an output folder that is a file', async () => {
  const file = join(temporaryFolder({ 'otter.yaml': '' }), 'otter.yaml')
  expect(await failure(() => lockRun(join(file, 'state'), 'calm-otter', at))).toMatchObject({ code: 'PR_FILE' })
})

it.each(['99999999999999999999', '1', '01', '1e3', '0'])('takes no lock of the number %s for one', (number) => {
  mkdirSync(dir)
  writeFileSync(`${path}.${number}`, '{}')
  lockRun(dir, 'calm-otter', at)[Symbol.dispose]()
  expect(readdirSync(dir)).toEqual([`calm-otter.lock.${number}`])
})

it('says that no number is left', async () => {
  mkdirSync(dir)
  writeFileSync(`${path}.1000000`, '{}')
  expect(await failure(() => lockRun(dir, 'calm-otter', at))).toEqual({
    code: 'PR_STATE',
    message: `Locking the run failed: ${path}.1000000 has the last number that a lock can have`,
    hint: 'If the run is not in progress, remove its locks and try again.',
  })
})

it.each([
  ['null', 'null'],
  ['a number', '5'],
  ['a process of no number', '{"pid":"1","host":"here","since":"now","started":null}'],
  ['every process', '{"pid":-1,"host":"here","since":"now","started":null}'],
])('is held by whom nobody can read when it says %s', async (_, text) => {
  mkdirSync(dir)
  writeFileSync(path, text)
  expect(await failure(() => lockRun(dir, 'calm-otter', at))).toMatchObject({
    code: 'PR_STATE',
    message: '--resume calm-otter: this run is locked: by whom is unreadable',
  })
})

it('is held by whom nobody can read when it is a link that leads nowhere', async () => {
  mkdirSync(dir)
  symlinkSync('nowhere', path)
  expect(await failure(() => lockRun(dir, 'calm-otter', at))).toMatchObject({ code: 'PR_STATE' })
})
