import { constants } from 'node:os'
import type { RunProgram } from '../clients/clients.ts'
import type { Settings } from '../config/settings-types.ts'
import type { Pace } from '../domain/pace.ts'
import type { EmitRunEvent } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { diskFailure } from '../files/disk-failure.ts'
import type { Faults } from '../network/faults/faults.ts'
import { installNetwork } from '../network/install.ts'
import type { HostTable } from '../network/safety/host-table.ts'
import type { Line } from '../network/wire/on-wire.ts'
import { runLive } from '../run/live-run.ts'
import type { Planned } from '../run/plan-all.ts'
import type { SimulatedService } from '../simulators/simulator.ts'
import { keepFolder } from './keep-folder.ts'
import { silentHost } from './silent-host.ts'

/** How one run of the program ended. */
export interface Life {
  /** Null: it was killed, or broke with an error of its own. */
  readonly exitCode: number | null
  /** What it ended with: known failures with their codes, or the error that nobody expected. */
  readonly failures: readonly string[]
  readonly end: 'done' | 'failed' | 'killed' | 'stopped' | 'crashed'
  /** Warnings and errors. */
  readonly said: readonly string[]
}

export interface LifeOptions {
  readonly settings: Settings
  readonly planned: Planned
  /** All that the program writes to. */
  readonly folder: string
  readonly services: readonly SimulatedService[]
  readonly faults: Faults
  readonly hosts: HostTable
  readonly now: () => number
  readonly pace: Pace
  /** The same at one of several servers, and connections to `host:port`. */
  readonly paceOf?: (address: string) => Pace
  readonly lineAt?: (authority: string) => Line | undefined
  readonly runProgram: RunProgram
  readonly events: (emit: EmitRunEvent, jobsBefore: ReadonlyMap<string, number>) => EmitRunEvent
  /** Is set by the life: ends it by a signal. */
  readonly end: { by: (signal: NodeJS.Signals) => void }
}

/**
 * The program's life in a world: a live run, which knows nothing of where it runs. A life that is killed does nothing more: it reaches no
 * service, no program and no clock, and what it still writes to its folder is taken back, for what lay there at that moment is all
 * that is left of it.
 */
export async function liveIn(options: LifeOptions): Promise<Life> {
  const { settings, planned, folder, services, faults, hosts, now, pace, end } = options
  const controller = new AbortController()
  let left: Disposable | null = null
  const isDead = () => left !== null
  const alive = <T>(value: T): T => {
    if (isDead()) throw new Error('the program was killed')
    return value
  }
  const mortalPace = (own: Pace): Pace => ({
    pause: async (ms, signal) => alive(await own.pause(alive(ms), signal)),
    patience: async (ms, signal) => alive(await own.patience(alive(ms), signal)),
    limit: own.limit,
  })
  end.by = (signal) => {
    if (isDead()) return
    if (signal === 'SIGKILL') left = keepFolder(folder)
    const exit = 128 + constants.signals[signal]
    controller.abort(new PromptRunnerError('PR_CANCELLED', `the run was cancelled by ${signal}`, { exit }))
  }
  const said: string[] = []
  const host = silentHost(controller.signal, (text) => said.push(text))
  const outcome = async (): Promise<Life> => {
    await using network = await installNetwork({
      services: services.map((service) => mortal(service, isDead)),
      lines: faults.lines,
      ...(options.lineAt && { lineAt: options.lineAt }),
      hosts,
    })
    using _disk = faults.disk()
    const outside = {
      isReal: false,
      now,
      clients: {
        webSocket: network.webSocket,
        run: (async (...call) => alive(await options.runProgram(...alive(call)))) as RunProgram,
        pace: mortalPace(pace),
      },
      ...(options.paceOf && { paceOf: (address: string) => mortalPace(options.paceOf!(address)) }),
      events: (emit: EmitRunEvent, jobsBefore: ReadonlyMap<string, number>): EmitRunEvent => {
        const told = options.events((event) => emit(alive(event)), jobsBefore)
        return (event) => alive(told(alive(event)))
      },
    }
    try {
      await runLive(settings, planned, host, outside)
      const problems = network.problems()
      if (problems.length > 0) throw new AggregateError(problems)
      return { end: 'done', exitCode: 0, failures: [], said }
    } catch (error) {
      return ended(error, controller.signal.aborted, said)
    }
  }
  const life = await watched(outcome, () => end.by('SIGINT'))
  end.by = () => {}
  if (!left) return life
  ;(left as Disposable)[Symbol.dispose]()
  return { ...life, end: 'killed', exitCode: null, failures: [] }
}

/** Milliseconds of real time after which whoever sits before the terminal presses Ctrl-C. */
const PATIENCE = 30_000

/** A life that somebody looks at: what breaks in an event or a timer breaks it, and one that takes for ever is stopped. */
async function watched(live: () => Promise<Life>, stop: () => void): Promise<Life> {
  const broken: unknown[] = []
  const crash = (error: unknown) => void broken.push(error)
  const timer = setTimeout(stop, PATIENCE)
  process.on('uncaughtException', crash)
  try {
    const life = await live()
    return broken.length > 0 ? ended(broken[0], false, life.said) : life
  } finally {
    clearTimeout(timer)
    process.off('uncaughtException', crash)
  }
}

function ended(thrown: unknown, isStopped: boolean, said: readonly string[]): Life {
  const all: readonly unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown]
  const errors = all.map((error) => diskFailure(error) ?? error)
  const known = errors.filter((error) => error instanceof PromptRunnerError)
  if (known.length < errors.length) {
    const stack = errors.map((error) => (error instanceof Error ? (error.stack ?? error.message) : String(error)))
    return { end: 'crashed', exitCode: null, failures: stack, said }
  }
  const exitCode = Math.max(...known.map((error) => error.exitCode))
  const failures = known.flatMap(({ code, message, problems }) => [
    `${code}: ${message}`,
    ...problems.map((each) => each.message),
  ])
  return { end: isStopped ? 'stopped' : 'failed', exitCode, failures, said }
}

/** A service that the dead do not reach. */
function mortal(service: SimulatedService, isDead: () => boolean): SimulatedService {
  const nobody = () => new Response(null, { status: 403 })
  return {
    name: service.name,
    async http(request) {
      if (isDead()) return nobody()
      const answer = await service.http(request)
      return isDead() ? nobody() : answer
    },
    upgrade: (request) => (isDead() ? nobody() : (service.upgrade?.(request) ?? null)),
  }
}
