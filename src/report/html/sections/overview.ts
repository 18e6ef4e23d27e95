import { counted, durationText } from '../../../domain/wording.ts'
import { localIso } from '../../stamps.ts'
import { escapeHtml } from '../escape.ts'
import type { JobSpan } from '../job-spans.ts'
import type { RunFiles } from '../run-files.ts'
import { factList } from './section.ts'

/** What the page is of, and the first things that somebody wants to know: what became of it, and where the film is. */
export function headerOf({ events, summary }: RunFiles, spans: readonly JobSpan[]): { title: string; header: string } {
  const started = events.find((event) => event.kind === 'run-started')
  const [first, last] = [events[0]?.at ?? 0, events.at(-1)?.at ?? 0]
  const films = events.filter((event) => event.kind === 'video-finished')
  const stored = events.filter((event) => event.kind === 'upload-finished').filter(({ role }) => role === 'film')
  const server = events.findLast((event) => event.kind === 'server')
  const done = spans.filter(({ status }) => status === 'done').length
  const skipped = spans.filter(({ status }) => status === 'skipped').length
  const what = started?.dryRun ? 'Dry run' : 'Run'
  const title = `${what} ${started?.runName ?? ''}`
  const recording = summary?.rehearsal?.recording
  const facts = factList([
    [
      'Began',
      `${localIso(first).replace('T', ' ').slice(0, 19)}${started?.dryRun ? ' (its times are simulated)' : ''}`,
    ],
    ['Took', durationText(last - first)],
    ['Jobs', `${done} of ${spans.length} done${skipped > 0 ? `, ${skipped} done before` : ''}`],
    ...films.map(({ video, film, frames }) => [`Film ${video}`, `${film} (${counted(frames, 'frame')})`] as const),
    ...stored.map(({ object }) => ['In the bucket', `gs://${object.bucket}/${object.name}`] as const),
    ['Server', server ? `ComfyUI ${server.version}, ${server.gpu}` : null],
    [
      'Answered as',
      recording
        ? `${recording.server} from recording ${recording.name} (${recording.recorded}, ${recording.device})`
        : null,
    ],
  ])
  const { word, className } = conditionOf({ events, summary })
  const header = `<h1>${escapeHtml(title)} <span class="${className}">${word}</span></h1>${facts}`
  return { title: `${title}: ${word}`, header }
}

function conditionOf({ events, summary }: Pick<RunFiles, 'events' | 'summary'>): { word: string; className: string } {
  const end = events.findLast((event) => event.kind === 'run-finished' || event.kind === 'run-started')
  if (end?.kind !== 'run-finished') return { word: 'not ended', className: 'soft' }
  if (end.cancelled) return { word: 'cancelled', className: 'soft' }
  return end.ok && summary?.ok !== false ? { word: 'done', className: 'good' } : { word: 'failed', className: 'bad' }
}
