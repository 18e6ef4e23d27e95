import { counted } from '../domain/wording.ts'
import type { DiffedInput, DiffedJob, NodeName, RunDiff } from './diff-runs.ts'
import type { EstimateFacts } from './run-facts.ts'

/** A difference for a person, line by line. Jobs that differ alike stand together. */
export function diffText({ equal, jobs, uploads, server, estimate }: RunDiff): string[] {
  if (equal) {
    const compared = [counted(jobs.compared, 'job'), counted(uploads.compared, 'upload')]
    return [
      `No difference: ${[...compared, ...(server ? ['the server with its classes and models'] : [])].join(', ')}.`,
    ]
  }
  const alike = Map.groupBy(jobs.changed, (job) => jobLines(job).join('\n'))
  return [
    ...jobs.gone.map((job) => `- ${job}`),
    ...jobs.added.map((job) => `+ ${job}`),
    ...[...alike.values()].flatMap((group) => [`~ ${group.map(({ job }) => job).join(', ')}`, ...jobLines(group[0]!)]),
    ...uploads.gone.map((url) => `- upload ${url}`),
    ...uploads.added.map((url) => `+ upload ${url}`),
    ...uploads.changed.flatMap(({ url, before, after }) => [
      `~ upload ${url}`,
      ...Object.keys({ ...before, ...after })
        .filter((key) => before[key] !== after[key])
        .map((key) => `    ${key}: ${before[key] ?? 'none'} → ${after[key] ?? 'none'}`),
    ]),
    ...(server?.length ? ['~ server', ...server.map((difference) => `    ${folded(difference)}`)] : []),
    ...(estimate ? [`~ estimate`, `    ${estimateWords(estimate.before)} → ${estimateWords(estimate.after)}`] : []),
    totals(jobs, uploads),
  ]
}

/** A list as long as a person reads; `--json` has all of it. */
function folded(list: string): string {
  const names = list.split(', ')
  const more = names.length - NAMES
  return more > 1 ? `${names.slice(0, NAMES).join(', ')} and ${more} more` : list
}

const NAMES = 12

function jobLines({ nodes, inputs }: DiffedJob): string[] {
  return [
    ...nodes.gone.map((node) => `    - node ${nodeWords(node)}`),
    ...nodes.added.map((node) => `    + node ${nodeWords(node)}`),
    ...inputs.map(inputLine),
  ]
}

/** `Sampler (seed): 1 → 2` */
function inputLine({ node, input, role, before, after }: DiffedInput): string {
  return `    ${node.title} (${role?.replaceAll('_', ' ') ?? input}): ${valueWords(before)} → ${valueWords(after)}`
}

function nodeWords({ id, title, class: className }: NodeName): string {
  return title === className ? `${title}, id ${id}` : `${title} (${className}), id ${id}`
}

function valueWords(value: unknown): string {
  if (value === undefined) return 'none'
  if (typeof value === 'object' && value !== null && 'from' in value) return `from ${value.from}`
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

function estimateWords({ server_seconds, gpu_minutes, cost_usd }: EstimateFacts): string {
  const parts = [
    ...(server_seconds === null ? [] : [`${server_seconds} s of the recorded server`]),
    ...(gpu_minutes === null ? [] : [`${gpu_minutes} GPU minutes`]),
    ...(cost_usd === null ? [] : [`$${cost_usd.toFixed(2)}`]),
  ]
  return parts.join(', ') || 'none'
}

function totals(jobs: RunDiff['jobs'], uploads: RunDiff['uploads']): string {
  const words = (of: RunDiff['jobs'] | RunDiff['uploads']) =>
    `${of.changed.length} changed, ${of.added.length} added, ${of.gone.length} gone`
  return `Jobs: ${words(jobs)}. Uploads: ${words(uploads)}.`
}
