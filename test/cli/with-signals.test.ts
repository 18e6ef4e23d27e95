import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Stop, withSignals } from '../../src/cli/signals.ts'
import { PromptRunnerError } from '../../src/errors.ts'

/** With what the process was ended. */
let exits: unknown[] = []
let crashes: NodeJS.UncaughtExceptionListener[] = []
const names = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

beforeEach(() => {
  exits = []
  crashes = process.listeners('uncaughtException')
  vi.useFakeTimers()
  vi.spyOn(process, 'exit').mockImplementation((code) => void exits.push(code) as never)
})
afterEach(() => {
  // A process that is about to end goes on listening to what breaks in it.
  for (const crash of newCrashes()) process.off('uncaughtException', crash)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const newCrashes = () => process.listeners('uncaughtException').filter((listener) => !crashes.includes(listener))
const send = (name: NodeJS.Signals) => process.emit(name, name)
/** Nothing is done after `process.exit`. */
function pressToLeave(): void {
  vi.mocked(process.exit).mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
  send('SIGINT')
}
const listening = () => [...names, 'uncaughtException' as const].map((name) => process.listenerCount(name))

/** Work that goes on until `end`; `stop` is what it was given. */
function working(options?: Parameters<typeof withSignals>[1]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let stop: Stop | undefined
  const result = withSignals((given) => {
    stop = given
    return promise
  }, options)
  const ended = result.then(
    (value) => ({ value }),
    (error) => ({ error }),
  )
  return { stop: stop!, end: resolve, fail: reject, ended }
}

const cancelled = (name: string, exitCode: number) =>
  expect.objectContaining({ code: 'PR_CANCELLED', message: `the run was cancelled by ${name}`, exitCode })

it('gives what the work gives, and listens no longer than that', async () => {
  const before = listening()
  const { stop, end, ended } = working()
  expect(listening()).toEqual(before.map((count) => count + 1))
  stop.endInOrder()
  end('done')
  expect(await ended).toEqual({ value: 'done' })
  expect(listening()).toEqual(before)
  expect(stop.signal.aborted).toBe(false)
})

it.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('ends at once by %s, whatever hangs, when nothing has begun', async (name, exitCode) => {
  const { stop, ended } = working()
  send(name)
  expect(await ended).toEqual({ error: cancelled(name, exitCode) })
  expect(stop.signal.reason).toEqual(cancelled(name, exitCode))
  vi.advanceTimersByTime(249)
  expect(exits).toEqual([])
  vi.advanceTimersByTime(1)
  expect(exits).toEqual([exitCode])
})

it('keeps a higher exit code', async () => {
  const { ended } = working()
  send('SIGINT')
  await ended
  process.exitCode = 200
  vi.advanceTimersByTime(250)
  process.exitCode = undefined
  expect(exits).toEqual([200])
})

it('lets work that has begun end in order, and does not take that for success', async () => {
  const { stop, end, ended } = working()
  stop.endInOrder()
  send('SIGTERM')
  expect(stop.signal.aborted).toBe(true)
  vi.advanceTimersByTime(1_000)
  expect(exits).toEqual([])
  end('half of it')
  expect(await ended).toEqual({ error: cancelled('SIGTERM', 143) })
})

it('begins nothing after a stop', async () => {
  const { stop, end, ended } = working({ stopIsDone: true })
  send('SIGINT')
  expect(() => stop.endInOrder()).toThrow('the run was cancelled by SIGINT')
  end('')
  await ended
})

it('ends the process at the second signal', async () => {
  const { stop, end, ended } = working()
  stop.endInOrder()
  send('SIGINT')
  send('SIGTERM')
  expect(exits).toEqual([143])
  end('')
  await ended
})

it('takes a stop for the end of work that has no other', async () => {
  const { stop, end, fail, ended } = working({ stopIsDone: true })
  stop.endInOrder()
  send('SIGINT')
  end('served')
  fail(new Error('too late'))
  expect(await ended).toEqual({ value: 'served' })
})

it.each([
  ['PR_CANCELLED', {}, 'its own'],
  ['PR_POD', {}, 'its own'],
  ['PR_MONEY', {}, 'its own'],
  ['PR_FILE', {}, 'the stop'],
  ['PR_FILE', { stopIsDone: true }, 'its own'],
] as const)('tells of %s after a stop with %o: %s', async (code, options, told) => {
  const { stop, fail, ended } = working(options)
  stop.endInOrder()
  send('SIGINT')
  const error = new PromptRunnerError(code, 'it broke')
  fail(error)
  expect(await ended).toEqual({ error: told === 'its own' ? error : cancelled('SIGINT', 130) })
})

it('tells of a bug without a stop, and of nothing but the stop after one', async () => {
  const bug = new TypeError('no luck')
  const first = working()
  first.fail(bug)
  expect(await first.ended).toEqual({ error: bug })
  const second = working()
  second.stop.endInOrder()
  send('SIGINT')
  second.fail(bug)
  expect(await second.ended).toEqual({ error: cancelled('SIGINT', 130) })
})

it.each([
  ['PR_POD', 'its own'],
  ['PR_FILE', 'the stop'],
] as const)('tells of several failures after a stop, one of them %s: %s', async (code, told) => {
  const { stop, fail, ended } = working()
  stop.endInOrder()
  send('SIGINT')
  const error = new AggregateError([new TypeError('no luck'), new PromptRunnerError(code, 'it broke')], 'two of them')
  fail(error)
  expect(await ended).toEqual({ error: told === 'its own' ? error : cancelled('SIGINT', 130) })
})

it('closes by the first Ctrl-C of a work in steps, aborts by the second, and leaves by the third', async () => {
  const { stop, end, ended } = working()
  const presses: string[] = []
  stop.endInOrder((press) => presses.push(press))
  expect([stop.closing.aborted, stop.signal.aborted]).toEqual([false, false])
  send('SIGINT')
  expect([stop.closing.aborted, stop.signal.aborted]).toEqual([true, false])
  expect(stop.closing.reason).toEqual(cancelled('SIGINT', 130))
  send('SIGINT')
  expect([stop.closing.aborted, stop.signal.aborted]).toEqual([true, true])
  vi.advanceTimersByTime(1_000)
  expect([presses, exits]).toEqual([['close', 'abort'], []])
  expect(pressToLeave).toThrow('exit 130')
  expect(presses).toEqual(['close', 'abort', 'leave'])
  end('')
  expect(await ended).toEqual({ error: cancelled('SIGINT', 130) })
})

it('takes a closed work in steps for done when it ends by itself', async () => {
  const { stop, end, ended } = working()
  stop.endInOrder(() => {})
  send('SIGINT')
  end('what had begun')
  expect(await ended).toEqual({ value: 'what had begun' })
})

it.each(['SIGHUP', 'SIGTERM'] as const)('aborts a work in steps by %s at once', async (name) => {
  const { stop, end, ended } = working()
  const presses: string[] = []
  stop.endInOrder((press) => presses.push(press))
  send(name)
  expect([presses, stop.closing.aborted, stop.signal.aborted]).toEqual([[], false, true])
  expect(pressToLeave).toThrow('exit 130')
  expect(presses).toEqual(['leave'])
  end('')
  await ended
})

it('throws what is thrown in an event, ends soon, and hears no more of such', async () => {
  const { ended } = working()
  const [crash] = newCrashes()
  const bug = new TypeError('in a timer')
  crash!(bug, 'uncaughtException')
  expect(await ended).toEqual({ error: bug })
  vi.advanceTimersByTime(250)
  expect(exits).toEqual([1])
  expect(newCrashes()).toEqual([crash])
})
