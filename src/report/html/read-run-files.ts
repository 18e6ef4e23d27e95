import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readPlan } from '../../domain/plan.ts'
import type { RunEvent } from '../../domain/run-event.ts'
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
  const kept = existsSync(summary)
    ? (JSON.parse(redact(readFileSync(summary, 'utf8'))) as KeptSummary & { folder?: unknown })
    : null
  // A folder that was moved is told of as it was called.
  const roots = [folder, kept?.folder].filter((root) => typeof root === 'string' && root !== '')
  const near = <T>(value: T): T =>
    JSON.parse(roots.reduce<string>((text, root) => text.replaceAll(`${inJson(root)}/`, ''), JSON.stringify(value)))
  const lines = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(redact)
  return {
    summary: kept && near(kept),
    events: near(lines.flatMap(eventOf)),
    workflows: folder === null ? [] : jsonFiles(join(folder, 'workflows')).map(workflowOf),
    uploads: folder === null ? [] : (jsonFiles(join(folder, 'uploads')) as KeptUpload[]),
    traffic: folder === null ? [] : readExchanges(join(folder, 'traffic.har')),
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
  return names.toSorted().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

interface WorkflowFile {
  readonly workflow_id: number
  readonly job_info: { readonly video_name: string }
  readonly modifications_applied: readonly string[]
  readonly workflow: KeptWorkflow['graph']
  readonly attempt: number
}

function workflowOf(file: unknown): KeptWorkflow {
  const {
    workflow_id: number,
    job_info: info,
    modifications_applied: modifications,
    workflow: graph,
    attempt,
  } = file as WorkflowFile
  return { number, video: info.video_name, attempt, modifications, graph }
}
