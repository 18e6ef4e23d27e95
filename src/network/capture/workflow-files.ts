import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { prettyJson, rawMembers } from '../../recording/exact-json.ts'
import { microsecondStamp } from '../../report/stamps.ts'
import type { Exchange } from './exchange.ts'

/** What travels in `extra_data.prompt_runner` of a `POST /prompt`. Requests of other programs have none of it. */
interface JobFacts {
  readonly workflow_id?: number
  readonly type?: string
  readonly job_id?: string
  readonly job_number?: number
  readonly video_name?: string
  readonly modifications?: readonly string[]
  readonly original_nodes_count?: number
  readonly attempt?: number
}

/**
 * Writes `workflows/workflow_NNN_<type>.json` for each prompt that was sent, from the request alone; the graph stands in it
 * as it was sent. A second attempt of one job gets `_2`. `note` is told what was taken out of which file.
 */
export function workflowFiles(
  folder: string,
  note: (file: string, members: readonly string[]) => void,
): (exchange: Exchange) => void {
  const used = new Set<string>()
  let highest = 0
  const numberFor = ({ workflow_id }: JobFacts): number => {
    const number = workflow_id ?? highest + 1
    highest = Math.max(highest, number)
    return number
  }
  const nameFor = (number: number, type: string | undefined): string => {
    const name = `workflow_${String(number).padStart(3, '0')}_${safe(type ?? 'prompt')}`
    for (let copy = 1; ; copy += 1) {
      const candidate = copy === 1 ? name : `${name}_${copy}`
      if (!used.has(candidate)) {
        used.add(candidate)
        return candidate
      }
    }
  }
  return ({ service, method, url, requestBody, startedAt, status }) => {
    if (service !== 'comfyui' || method !== 'POST' || !/\/prompt$/.test(url.pathname)) return
    const members = rawMembers(requestBody.text ?? '')
    const graph = members?.get('prompt')
    if (!members || graph === undefined) return
    const facts = jobFacts(members.get('extra_data'))
    mkdirSync(join(folder, 'workflows'), { recursive: true })
    const number = numberFor(facts)
    const promptId = members.get('prompt_id') ?? 'null'
    const text = workflowText(facts, graph, { number, startedAt, status, promptId })
    const name = `workflows/${nameFor(number, facts.type)}.json`
    writeFileSync(join(folder, name), text)
    note(name, changedIn(requestBody.changed ?? []))
  }
}

/** The members of a request as they are called in the file. */
function changedIn(members: readonly string[]): string[] {
  return members
    .filter((member) => /^prompt\.|^extra_data\.prompt_runner\./.test(member))
    .map((member) => member.replace(/^prompt\./, 'workflow.').replace(/^extra_data\.prompt_runner/, 'job_info'))
}

function workflowText(
  facts: JobFacts,
  graph: string,
  sent: { number: number; startedAt: number; status: number; promptId: string },
): string {
  const { type = null, job_id = null, job_number = null, video_name = null, attempt = 1 } = facts
  const modifications = facts.modifications ?? []
  const members = {
    workflow_id: String(sent.number),
    timestamp: JSON.stringify(microsecondStamp(sent.startedAt)),
    job_info: JSON.stringify({ type, job_id, job_number, video_name, modifications }),
    workflow: graph,
    original_nodes_count: String(facts.original_nodes_count ?? rawMembers(graph)?.size ?? 0),
    modifications_applied: JSON.stringify(modifications),
    attempt: JSON.stringify(attempt),
    prompt_id: sent.promptId,
    status: String(sent.status),
  }
  const text = Object.entries(members).map(([key, value]) => `"${key}":${value}`)
  return `${prettyJson(`{${text.join(',')}}`)}\n`
}

function jobFacts(extraData: string | undefined): JobFacts {
  const { prompt_runner } = JSON.parse(extraData ?? '{}') as { prompt_runner?: JobFacts }
  return prompt_runner ?? {}
}

function safe(type: string): string {
  return type.replaceAll(/[^\w-]+/g, '_')
}
