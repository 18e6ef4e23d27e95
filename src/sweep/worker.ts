import { loadSettings } from '../config/settings.ts'
import type { Settings } from '../config/settings-types.ts'
import { parseFault } from '../network/faults/grammar/parse-fault.ts'
import { type Planned, planAll } from '../run/plan-all.ts'
import { silentHost } from './silent-host.ts'
import { type CleanRun, type Tried, tryFault, tryNothing } from './try-fault.ts'

/** How a program was started, for another process to find the same settings. */
export interface Started {
  readonly flags: Readonly<Record<string, unknown>>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** What a worker is told first. */
export interface Work extends Started {
  readonly chunks: number
  /** Epoch milliseconds at which every world begins. */
  readonly startTime: number
}

/** What a worker is asked for. Fault null: the clean run. */
export interface Trial {
  readonly folder: string
  readonly fault: { readonly spec: string; readonly clean: CleanRun } | null
}

/** What it says. */
export type Answer =
  | { readonly clean: Awaited<ReturnType<typeof tryNothing>> }
  | { readonly tried: Tried }
  | { readonly error: string }

let prepared: Promise<{ settings: Settings; planned: Planned }> | null = null

async function prepare({ flags, environment, cwd, chunks, startTime }: Work) {
  const { settings } = await loadSettings(flags, environment, cwd)
  const planned = await planAll(settings, silentHost(new AbortController().signal), chunks)
  return { settings: { ...settings, dryRun: { ...settings.dryRun, startTime } }, planned }
}

async function answer({ folder, fault }: Trial): Promise<Answer> {
  const { settings, planned } = await prepared!
  if (fault === null) return { clean: await tryNothing(settings, planned, folder) }
  const { spec, clean } = fault
  return { tried: await tryFault(settings, planned, { fault: parseFault(spec), folder, clean }) }
}

// What is left of a life that was killed may still break.
process.on('uncaughtException', () => {})
process.on('disconnect', () => process.exit())
process.on('message', (message: Work | Trial) => {
  if ('flags' in message) {
    prepared = prepare(message)
    prepared.catch(() => {})
    return
  }
  answer(message).then(
    (said) => process.send?.(said),
    (error: Error) => process.send?.({ error: error.stack ?? String(error) }),
  )
})
