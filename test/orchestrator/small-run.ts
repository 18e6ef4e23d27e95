import { expect } from 'vitest'
import { createLayout } from '../../src/config/layout.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { promptId } from '../../src/domain/ids.ts'
import { jobsOf, type Plan } from '../../src/domain/plan.ts'
import { runRetries } from '../../src/domain/retry-policy.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import type { Terms } from '../../src/domain/spending.ts'
import { type ErrorCode, PromptRunnerError } from '../../src/errors.ts'
import { writeJson } from '../../src/files/write-json.ts'
import { orchestrate } from '../../src/orchestrator/orchestrate.ts'
import type { RunContext } from '../../src/orchestrator/run-context.ts'
import { openSpending } from '../../src/orchestrator/spending.ts'
import { noRun, type RunState, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { clientsIn, type SmallWorld, smallWorld } from './small-world.ts'

const templates = await loadTemplates(null)
const runName = 'calm-wren'

/** How a run is told to run. */
export interface SmallRun {
  readonly options?: Partial<RunContext['options']>
  readonly earlier?: RunState | null
  readonly hasPod?: boolean
  /** What it may take. */
  readonly terms?: Partial<Terms>
}

/** Runs plans in such a world. Gives what failed, as `otter: CODE: message`. */
export async function runIn(world: SmallWorld, plans: readonly Plan[], run: SmallRun = {}): Promise<readonly string[]> {
  const context = contextOf(world, plans, run)
  const failures = await orchestrate(context, plans)
  return failures.map(({ video, error: { code, message, hint } }) =>
    `${video}: ${code}: ${message} (${hint})`.replaceAll(world.folder, ''),
  )
}

/** What every part of a run there needs. */
export function contextOf(
  world: SmallWorld,
  plans: readonly Plan[],
  { options = {}, earlier = null, hasPod = false, terms = {} }: SmallRun = {},
): RunContext {
  const clients = clientsIn(world, plans)
  const resumeCommand = `pr --resume ${runName}`
  const now = () => {
    world.now += 1
    return world.now
  }
  const numbers = plans.map((plan) => jobsOf(plan).length)
  return {
    runId: 'run',
    runName,
    clients: hasPod ? clients : { ...clients, pod: null },
    templates,
    layout: createLayout(world.folder, runName),
    earlier,
    filmNames: new Map(plans.map(({ videoName }) => [videoName, `${videoName}.mp4`])),
    workflowsBefore: new Map(
      plans.map(({ videoName }, at) => [videoName, numbers.slice(0, at).reduce((a, b) => a + b, 0)]),
    ),
    options: { maxRetries: 1, jobTimeout: null, upload: true, keepIntermediate: false, shutdown: 'keep', ...options },
    retries: runRetries,
    share: null,
    spending: openSpending({
      terms: { price: null, budget: null, deadline: null, ...terms },
      earlier,
      resumeCommand,
      now: () => world.now,
    }),
    resumeCommand,
    now,
    emit(event) {
      world.events.push(event)
      world.log.push(lineOf(event).replaceAll(world.folder, ''))
      if (world.dies(event)) throw new Error('the machine died')
    },
    signal: world.controller.signal,
    closing: world.closing.signal,
    ask: async (question) => {
      world.log.push(`? ${question}`)
      return world.says
    },
    write: writeJson,
    atLeave: () => {},
  }
}

/**
 * What was asked and told, with names for what is a hash: `prompt 3.1` is the first attempt at workflow 3, `job 3` the id of its job.
 */
export function logOf({ log }: SmallWorld, plans: readonly Plan[]): string {
  const names = plans.flatMap((plan, at) =>
    jobsOf(plan).flatMap(({ jobId, workflowNumber }) => {
      const name = at === 0 ? `${workflowNumber}` : `${plan.videoName} ${workflowNumber}`
      const prompts = [1, 2, 3, 4].map(
        (attempt) => [promptId('run', jobId, attempt), `prompt ${name}.${attempt}`] as const,
      )
      return [[jobId, `job ${name}`] as const, ...prompts]
    }),
  )
  const text = names.reduce((rest, [id, name]) => rest.replaceAll(id, name), log.join('\n'))
  return `${text.replaceAll(/[0-9a-f]{64}/g, 'DIGEST')}\n`
}

/** What a run of such a world knows of its first events. */
export function stateAfter(events: readonly RunEvent[]): RunState {
  return events.reduce(reduceRunState, { ...noRun, runId: 'run', runName })
}

/** An event as one line, without what is told elsewhere. */
function lineOf(event: RunEvent): string {
  const { kind, at: _, ...rest } = event
  const told = kind === 'video-started' ? { video: event.video, skipped: event.skipped } : rest
  return `${kind} ${JSON.stringify(told)}`
}

/** HIGH and LOW 1 to 4, combine 5 and 6. */
export const otter = planOf('otter')
/** HIGH 1, LOW 2, combine 3. */
export const heron = planOf('heron', 20)

/** An error of the outside. */
export const broken = (code: ErrorCode, retryAfter: number | null = null) =>
  new PromptRunnerError(code, 'it broke', { hint: 'mend it', retryAfter })

/** What happens at the `times`-th question that matches, and at those that follow, up to `upTo`. */
export function at(wanted: RegExp, act: () => void, times = 1, upTo = times): SmallWorld['fault'] {
  let count = 0
  return (asked) => {
    if (!wanted.test(asked)) return
    count += 1
    if (count >= times && count <= upTo) act()
  }
}
export const fails = (error: Error) => () => {
  throw error
}

/** Runs plans, and compares what was asked, told and thrown with `expected/<name>.txt`. */
export async function pinned(name: string, world: SmallWorld, plans: readonly Plan[], run: SmallRun = {}) {
  const failures = await runIn(world, plans, run)
  const text = `${logOf(world, plans)}${failures.map((failure) => `failed: ${failure}\n`).join('')}`
  await expect(text).toMatchFileSnapshot(`./expected/${name}.txt`)
}

type Told = SmallWorld['events'][number]

/** What a run of `otter` left that died as it told of the first event that `isLast` says so of. */
export async function left(isLast: (event: Told) => boolean, run: SmallRun = {}) {
  const world = smallWorld()
  world.dies = isLast
  await expect(runIn(world, [otter], run)).rejects.toThrow('the machine died')
  const known = world.events.slice(0, world.events.findIndex(isLast) + 1)
  world.dies = () => false
  world.log.length = 0
  world.events.length = 0
  return { world, earlier: stateAfter(known) }
}
/** Whether an event is of a kind and a workflow. */
export const job = (kind: string, workflow: number) => (event: Told) =>
  event.kind === kind && 'workflow' in event && event.workflow === workflow
