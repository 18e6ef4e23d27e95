import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { givenFaults } from '../config/fault-file.ts'
import type { Settings } from '../config/settings-types.ts'
import { workflowsBefore } from '../domain/plan.ts'
import { counted, snakeCased } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { makeFolder } from '../files/folders.ts'
import { writeJson } from '../files/write-json.ts'
import { parseFault } from '../network/faults/grammar/parse-fault.ts'
import { printFault } from '../network/faults/grammar/print-fault.ts'
import { createRunFolder } from '../report/run-folder.ts'
import { type Planned, planAll, showPlans } from '../run/plan-all.ts'
import type { RunHost } from '../run/run-host.ts'
import { throwAny } from '../run/settle.ts'
import { type ChosenFaults, chooseFaults } from './choose-faults.ts'
import { type FaultRow, faultsOfServers, faultTable } from './fault-table.ts'
import { countAll, countByFault, sweepTable } from './sweep-table.ts'
import type { CleanRun, Tried } from './try-fault.ts'
import type { Started, Work } from './worker.ts'
import { openWorker, type Worker } from './workers.ts'

/**
 * Runs the plan once for each fault that could happen in it, in a simulated world of its own, and resumes it until it is done. Throws
 * PR_MONEY when anything was lost, paid twice or only said to be done.
 */
export async function sweep(settings: Settings, started: Started, host: RunHost): Promise<number> {
  checkSettings(settings)
  const { dryRun, pod } = settings
  const { output, signal } = host
  const given = (await givenFaults(dryRun.faults)).map((spec) => printFault(parseFault(spec)))
  const planned = await planAll(settings, host, dryRun.sweepChunks)
  showPlans(planned.plans, output)
  host.endInOrder()
  const startTime = dryRun.startTime ?? Date.now()
  const folder = createRunFolder(dryRun.tempDir, startTime)
  output.attachLog(join(folder, 'logs', 'pr.log'), Date.now)
  const work = { ...started, chunks: dryRun.sweepChunks, startTime }
  await using workers = openWorkers(work, signal)
  const clean = await cleanRun(workers.all[0]!, join(folder, 'output', 'clean'))
  const most = Math.max(MOST_FAULTS, (MOST_FAULTS / 2) * dryRun.sweepChunks)
  const chosen =
    given.length > 0
      ? { specs: given, left: noneLeft }
      : chooseFaults(clean.seen, kindsOf(planned), most, tableFor(settings))
  const { specs } = chosen
  output.info(`${counted(specs.length, 'fault')} to try, ${workers.all.length} at a time${leftText(chosen)}`)
  const all = await tryAll(specs, clean, { workers: workers.all, folder, host })
  const errors = errorsOf(all)
  const table = sweepTable(all, { hasPod: pod.id !== null, price: settings.run.price })
  output.print([...table, `Details: ${detailsIn(folder)}`].join('\n'))
  const report = snakeCased({
    dryRun: true,
    ok: errors.length === 0,
    exitCode: Math.max(0, ...errors.map(({ exitCode }) => exitCode)),
    folder,
    all: countAll('all', all),
    faults: countByFault(all),
    leftOut: [...chosen.left].map(([at, faults]) => ({ at, faults })),
    trials: all.map(({ lives, calls: _, ...tried }) => ({ ...tried, lives: lives.length })),
  })
  writeJson(join(folder, 'sweep.json'), report)
  output.result(report)
  signal.throwIfAborted()
  throwAny(errors)
  return 0
}

/** For two chunks, in about three minutes on two cores. */
const MOST_FAULTS = 320

const noneLeft: ChosenFaults['left'] = new Map()

function leftText({ left }: ChosenFaults): string {
  const all = [...left].map(([at, count]) => `${count} at "${at}"`)
  return all.length === 0 ? '' : `; left out evenly, for there are too many: ${all.join(', ')}`
}

/** With several servers one of them may die for good. */
function tableFor({ servers }: Settings): readonly FaultRow[] {
  return servers.length > 0 ? [...faultTable, ...faultsOfServers] : faultTable
}

/** As many as there are cores. They end when the program is stopped, and when it is done. */
function openWorkers(work: Work, signal: AbortSignal): AsyncDisposable & { readonly all: readonly Worker[] } {
  const all = Array.from({ length: availableParallelism() }, () => openWorker(work))
  const end = async () => void (await Promise.all(all.map((worker) => worker[Symbol.asyncDispose]())))
  const stop = () => void end()
  signal.addEventListener('abort', stop)
  return {
    all,
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', stop)
      await end()
    },
  }
}

/** Gives what came of each, in the order of `specs`; of a sweep that is stopped, of those that were tried. */
async function tryAll(
  specs: readonly string[],
  clean: CleanRun,
  { workers, folder, host }: { workers: readonly Worker[]; folder: string; host: RunHost },
): Promise<Tried[]> {
  const { output, signal } = host
  const results: Tried[] = []
  const left = specs.entries()
  makeFolder(detailsIn(folder))
  const work = async (worker: Worker) => {
    for (const [index, spec] of left) {
      const name = String(index + 1).padStart(3, '0')
      const said = await worker.ask({ folder: join(folder, 'output', name), fault: { spec, clean } })
      if (signal.aborted) return
      const tried = said !== 'hung' && 'tried' in said ? said.tried : hung(spec)
      results[index] = tried
      writeJson(join(detailsIn(folder), `${name}.json`), snakeCased(tried))
      output.info(`${name}/${specs.length}  ${lineOf(tried)}`)
    }
  }
  await Promise.all(workers.map(work))
  return results.filter(Boolean)
}

const detailsIn = (folder: string) => join(folder, 'sweep')

/** Throws PR_USAGE. */
function checkSettings({ dryRun, run }: Settings): void {
  if (!dryRun.enabled) {
    throw new PromptRunnerError('PR_USAGE', '--sweep tries what goes wrong, and this is a live run', {
      hint: 'give --dry-run too: only a simulated network has faults',
    })
  }
  if (run.resume !== null) {
    throw new PromptRunnerError('PR_USAGE', `--sweep begins each run anew, and --resume ${run.resume} was given`, {
      hint: 'leave --resume out: what was begun is resumed by itself',
    })
  }
  if (dryRun.engine === 'wire') return
  throw new PromptRunnerError('PR_USAGE', `--sweep breaks connections, which --engine ${dryRun.engine} has not`, {
    hint: 'leave --engine out',
  })
}

/** Throws PR_RUN_FAILED when the plan does not even come through where nothing goes wrong. */
async function cleanRun(worker: Worker, folder: string): Promise<CleanRun> {
  const said = await worker.ask({ folder, fault: null })
  const clean = said !== 'hung' && 'clean' in said ? said.clean : null
  if (clean?.life.exitCode === 0) return clean
  const problems = (clean?.life.failures ?? ['it did not end']).map((message) => ({ file: 'clean run', message }))
  throw new PromptRunnerError('PR_RUN_FAILED', 'The plan fails where nothing goes wrong, so no fault was tried', {
    hint: 'look at it alone: `pr --dry-run`',
    problems,
  })
}

/** The jobs of the last chunk stand for all of their kind. */
function kindsOf({ plans }: Planned): number[] {
  const plan = plans.at(-1)!
  const before = workflowsBefore(plans).get(plan.videoName) ?? 0
  const { high, low } = plan.passes.at(-1)!
  return [high, low, ...plan.combineJobs.slice(-1)].map(({ workflowNumber }) => before + workflowNumber)
}

function hung(fault: string): Tried {
  return { fault, outcome: 'hung', lives: [], paidTwice: 0, broken: [], minutesMore: 0, found: [], calls: [] }
}

const OUTCOMES = {
  itself: 'by itself',
  resumed: 'by resume',
  lost: 'LOST',
  crashed: 'CRASHED',
  hung: 'HUNG',
  'false-success': 'FALSE SUCCESS',
  unused: 'never happened',
} as const

function lineOf({ fault, outcome, broken }: Tried): string {
  return [OUTCOMES[outcome].padEnd(9), ...(broken.length > 0 ? ['MONEY RULE BROKEN'] : []), fault].join('  ')
}

function errorsOf(all: readonly Tried[]): PromptRunnerError[] {
  const bad = all.filter(({ outcome, broken }) => broken.length > 0 || isBad(outcome))
  const unused = all.filter(({ outcome }) => outcome === 'unused')
  const harm = new PromptRunnerError('PR_MONEY', `${counted(bad.length, 'fault')} did harm`, {
    hint: '`pr --dry-run --sweep --fault FAULT` tries one again',
    problems: bad.flatMap(({ fault, outcome, broken }) => [
      ...(isBad(outcome) ? [{ file: fault, message: OUTCOMES[outcome].toLowerCase() }] : []),
      ...broken.map(({ sentence }) => ({ file: fault, message: sentence })),
    ]),
  })
  const useless = unused.map(
    ({ fault }) => new PromptRunnerError('PR_FAULT_UNUSED', `the fault '${fault}' never happened`),
  )
  return [...(bad.length > 0 ? [harm] : []), ...useless]
}

const isBad = (outcome: Tried['outcome']) => ['lost', 'hung', 'crashed', 'false-success'].includes(outcome)
