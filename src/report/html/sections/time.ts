import { durationText } from '../../../domain/wording.ts'
import { type JobSpan, type Phase, phases } from '../job-spans.ts'
import type { RunFiles } from '../run-files.ts'
import { dataTable, type Section } from './section.ts'

/** Where the time went: by what the jobs did, and how long no job was at work. */
export function timeSection({ events }: RunFiles, spans: readonly JobSpan[]): Section {
  const spent = phases.map((phase) => ({ phase, ms: sum(spans.map((span) => span.phases[phase] ?? 0)) }))
  const all = sum(spent.map(({ ms }) => ms))
  const parts = spent.filter(({ ms }) => ms > 0)
  const bar = parts
    .map(({ phase, ms }) => `<span class="${phase}" style="flex-grow:${Math.round(ms)}"></span>`)
    .join('')
  const rows = parts.map(({ phase, ms }) => [names[phase], durationText(ms), share(ms, all)])
  const key = parts
    .map(({ phase }) => `<span><span class="key ${phase}" aria-hidden="true"></span>${names[phase]}</span>`)
    .join(' ')
  const idle = idleMs(events, spans)
  return {
    id: 'time',
    title: 'Time',
    html: `<div class="bar" aria-hidden="true">${bar}</div><p>${key}</p>${dataTable('Time by phase', ['phase', 'time', 'share'], rows)}<p>No job at work: ${durationText(idle)}</p>`,
  }
}

const names: Readonly<Record<Phase, string>> = {
  load: 'loading models',
  text: 'reading prompts',
  sampling: 'sampling',
  decode: 'decoding',
  combine: 'combining',
  other: 'other',
}

/** From the first to the last word of the run, without the times of its jobs. */
function idleMs(events: RunFiles['events'], spans: readonly JobSpan[]): number {
  const end = events.at(-1)?.at ?? 0
  const busy = spans
    .flatMap(({ startedAt, endedAt }) => (startedAt === null ? [] : [{ from: startedAt, to: endedAt ?? end }]))
    .toSorted((a, b) => a.from - b.from)
  let [idle, at] = [0, events[0]?.at ?? 0]
  for (const { from, to } of busy) {
    idle += Math.max(0, from - at)
    at = Math.max(at, to)
  }
  return idle + Math.max(0, end - at)
}

function share(ms: number, all: number): string {
  return `${Math.round((100 * ms) / Math.max(1, all))} %`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
