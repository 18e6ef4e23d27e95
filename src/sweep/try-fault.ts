import { rmSync } from 'node:fs'
import type { Settings } from '../config/settings-types.ts'
import { brokenRules, callText, promptsPaidTwice } from '../domain/money-rules.ts'
import type { Fault } from '../network/faults/grammar/fault.ts'
import { printFault } from '../network/faults/grammar/print-fault.ts'
import type { Planned } from '../run/plan-all.ts'
import type { Life } from './life.ts'
import { openWorld, type SimulatedWorld } from './simulated-world.ts'

/** What a run leaves in which nothing goes wrong, and all that happens in it. */
export interface CleanRun {
  readonly seen: readonly string[]
  readonly found: readonly string[]
  /** Milliseconds on the run's clock. */
  readonly tookMs: number
}

/**
 * `itself`: it came through alone; `resumed`: with one `--resume` or several; `lost`: never; `hung`: it did not even end; `crashed`: it
 * broke with an error that nobody expected; `false-success`: it says that it is done, and has not left what it should; `unused`: nothing went wrong.
 */
export type Outcome = 'itself' | 'resumed' | 'lost' | 'hung' | 'crashed' | 'false-success' | 'unused'

/** What came of one fault. */
export interface Tried {
  /** As `--fault` takes it. */
  readonly fault: string
  readonly outcome: Outcome
  readonly lives: readonly Life[]
  readonly paidTwice: number
  /** Of all money rules that were broken: a sentence, and the calls. */
  readonly broken: readonly { readonly sentence: string; readonly calls: readonly string[] }[]
  /** Minutes on the run's clock that it took longer than a clean run. */
  readonly minutesMore: number
  readonly found: readonly string[]
  /** What the services saw, in order. */
  readonly calls: readonly string[]
}

/** Runs the plan in a world of its own in which nothing goes wrong. */
export async function tryNothing(
  settings: Settings,
  planned: Planned,
  folder: string,
): Promise<CleanRun & { life: Life }> {
  using world = await openWorld(settings, planned, { folder, fault: null })
  const startedAt = world.now()
  const life = await world.live()
  const found = await world.look()
  rmSync(folder, { recursive: true, force: true })
  return { life, seen: [...world.seen], found, tookMs: world.now() - startedAt }
}

/** After so many it is given up. */
const MOST_LIVES = 6

/** Runs the plan in a world of its own in which `fault` happens, and resumes it until it is done. */
export async function tryFault(
  settings: Settings,
  planned: Planned,
  { fault, folder, clean }: { readonly fault: Fault; readonly folder: string; readonly clean: CleanRun },
): Promise<Tried> {
  using world = await openWorld(settings, planned, { folder, fault })
  const startedAt = world.now()
  const lives: Life[] = []
  do lives.push(await world.live())
  while (lives.at(-1)!.exitCode !== 0 && lives.length < MOST_LIVES)
  const isDone = lives.at(-1)!.exitCode === 0
  const found = await world.look()
  const { pod, run } = settings
  const isToStop = isDone && run.shutdown === 'force' && run.upload
  if (pod.id !== null) await world.books.lookAtPod(pod.id, { isToStop, isTold: false })
  const broken = brokenRules(world.books.facts)
  const outcome = outcomeOf(world, { lives, isRight: found.join('\n') === clean.found.join('\n') })
  if (outcome === 'itself' || outcome === 'resumed') rmSync(folder, { recursive: true, force: true })
  return {
    fault: printFault(fault),
    outcome,
    lives,
    paidTwice: promptsPaidTwice(broken),
    broken: broken.map(({ sentence, calls }) => ({ sentence, calls })),
    minutesMore: Math.max(0, world.now() - startedAt - clean.tookMs) / 60_000,
    found,
    calls: world.books.facts.map(callText),
  }
}

function outcomeOf(
  { times }: SimulatedWorld,
  { lives, isRight }: { readonly lives: readonly Life[]; readonly isRight: boolean },
): Outcome {
  if (times() === 0) return 'unused'
  if (lives.some(({ end }) => end === 'crashed')) return 'crashed'
  if (lives.at(-1)!.exitCode !== 0) return 'lost'
  if (!isRight) return 'false-success'
  return lives.length === 1 ? 'itself' : 'resumed'
}
