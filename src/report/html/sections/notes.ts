import { counted } from '../../../domain/wording.ts'
import type { Rehearsal } from '../../rehearsal.ts'
import type { RunFiles } from '../run-files.ts'
import { points, type Section } from './section.ts'

/** What went wrong, what is warned of, and what a rehearsal could not try; null when there is nothing to say. */
export function notesSection({ summary, events }: RunFiles): Section | null {
  const failures = (summary?.failures ?? []).flatMap(({ code, message, hint, problems }) => [
    [`${code}: ${message}`, hint].filter(Boolean).join(' – '),
    ...problems.map((problem) => `${problem.file}: ${problem.message}`),
  ])
  const failed = events
    .filter((event) => event.kind === 'video-failed')
    .map(({ video, code, reason }) => `${video}: ${code}: ${reason}`)
  const said = events
    .filter((event) => event.kind === 'warning')
    .map(({ video, message }) => (video === null ? message : `${video}: ${message}`))
  const warnings = summary?.warnings ?? [...new Set(said)]
  const rehearsal = summary?.rehearsal ?? null
  const parts = [
    part('Failures', failures.length > 0 ? failures : failed, 'bad'),
    part('Warnings', warnings),
    ...(rehearsal ? rehearsed(rehearsal) : []),
  ].filter((html) => html !== '')
  return parts.length === 0 ? null : { id: 'notes', title: 'What to know', html: parts.join('') }
}

function rehearsed({
  refused,
  unmatched,
  faults,
  redacted,
  not_simulated: notSimulated,
  real_connections: real,
}: Rehearsal): string[] {
  return [
    part('Refused', refused, 'bad'),
    part('Not answered', unmatched, 'bad'),
    part(
      'Faults that were put in',
      faults.map(({ fault, times }) => `${fault} (${counted(times, 'time')})`),
    ),
    part(
      'Redacted',
      redacted.map(({ file, members }) => `${file}: ${members.join(', ')}`),
    ),
    part('Not simulated', notSimulated),
    part('Real network connections', [String(real)]),
  ]
}

function part(title: string, sentences: readonly string[], className = ''): string {
  return sentences.length === 0 ? '' : `<h3>${title}</h3>${points(sentences, className)}`
}
