import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { naturalOrder } from '../../domain/natural-order.ts'
import { readPlan } from '../../domain/plan.ts'
import type { RunEvent } from '../../domain/run-event.ts'
import { PromptRunnerError } from '../../errors.ts'
import { readExchanges } from './read-exchanges.ts'
import type { KeptSummary, KeptUpload, KeptWorkflow, RunFiles } from './run-files.ts'

/** Where the files of a run lie. */
export interface RunPlace {
  readonly journal: string
  readonly summary: string
  /** The run folder of a rehearsal; null: the run was live, and has kept no traffic. */
  readonly folder: string | null
  /** Takes out of a JSON text what nobody may read; what lies in a run folder has lost it already. */
  readonly redact: (text: string) => string
}

/** Reads what the files of a run tell. Paths below its folder are told without it. The journal has to be one that can be read. */
export function readRunFiles({ journal, summary, folder, redact }: RunPlace): RunFiles {
  const before = existsSync(summary) ? (readJson(summary, redact) as { folder?: unknown }) : null
  // A folder that was moved is told of as it was called.
  const roots = [folder, before?.folder].filter((root) => typeof root === 'string' && root !== '').map(inJson)
  const told = (text: string) => roots.reduce((left, root) => left.replaceAll(`${root}/`, ''), redact(text))
  return {
    summary: before && (readJson(summary, told) as KeptSummary),
    events: readFileSync(journal, 'utf8')
      .split('\n')
      .flatMap((line) => eventOf(told(line))),
    workflows: folder === null ? [] : jsonFiles(join(folder, 'workflows')).map(workflowOf),
    uploads: folder === null ? [] : (jsonFiles(join(folder, 'uploads')) as KeptUpload[]),
    traffic: folder === null ? [] : readExchanges(join(folder, 'traffic.har')),
    differences: null,
  }
}

const inJson = (text: unknown) => JSON.stringify(text).slice(1, -1)

/** A line that was torn when the machine died is none. */
function eventOf(line: string): RunEvent[] {
  try {
    const event = JSON.parse(line)
    if (event.kind !== 'video-started') return [event]
    const plan = readPlan(event.plan)
    return plan ? [{ ...event, plan }] : []
  } catch {
    return []
  }
}

function jsonFiles(folder: string): unknown[] {
  if (!existsSync(folder)) return []
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.toSorted(naturalOrder).map((name) => readJson(join(folder, name)))
}

function readJson(path: string, redact = (text: string) => text): unknown {
  const text = redact(readFileSync(path, 'utf8'))
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PromptRunnerError('PR_STATE', `${path} is not JSON: ${(cause as Error).message}`, {
      hint: 'it was damaged or edited; take it away to have a report without it',
      cause,
    })
  }
}

interface WorkflowFile {
  readonly workflow_id: number
  readonly modifications_applied: readonly string[]
  readonly workflow: KeptWorkflow['graph']
}

function workflowOf(file: unknown): KeptWorkflow {
  const { workflow_id: number, modifications_applied: modifications, workflow: graph } = file as WorkflowFile
  return { number, modifications, graph }
}
