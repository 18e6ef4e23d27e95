import { stripVTControlCharacters } from 'node:util'
import { dollarText } from '../../domain/price.ts'
import { cutTo, widthOf } from '../../domain/text-width.ts'
import { counted, durationText } from '../../domain/wording.ts'
import type { Paints } from '../run-host.ts'
import type { FilmView, JobView, RunView } from './run-watch.ts'

/** Whose times these are: the world's, those of a recording, or of one that says nothing of a GPU. */
export type Times = 'real' | 'simulated' | 'hidden'

/** From so many columns on there is room for bars. */
export const LEAST_COLUMNS = 60

/** Milliseconds without news after which that is worth a word. */
const QUIET = 5_000

interface Room {
  readonly columns: number
  readonly times: Times
  readonly paints: Paints
}

/** A run in lines of a terminal: each film that is made and its job, and the time of all. */
export function viewLines(view: RunView, room: Room): string[] {
  const shown = view.films.slice(0, MOST_FILMS)
  const more = view.films.length - shown.length
  const { columns, times, paints } = room
  return [
    ...shown.flatMap((film) => filmLines(film, room)),
    ...(more > 0 ? [`… and ${counted(more, 'more film')}`] : []),
    paints.dim(cutTo(timeText(view, times), columns)),
  ]
}

/** What a terminal of 24 rows has room for, and more. */
const MOST_FILMS = 4

function filmLines(film: FilmView, { columns, times, paints }: Room): string[] {
  const { jobs, job, doing, isWaiting } = film
  const [name, part] = [cutTo(clean(film.name), NAME), job ? jobText(job, film) : '']
  // As wide as the longest that is to come, so that nothing moves from job to job.
  const label = Math.max(widthOf(name), `combine chunk ${film.chunks}/${film.chunks}`.length)
  const bar = Math.min(MOST, Math.max(LEAST, columns - label - REST))
  const padded = (text: string) => text + ' '.repeat(label - widthOf(text))
  const ofJob = job === null ? 0 : shareOf(job)
  const share = Math.min(0.99, jobs.of === 0 ? 0 : (jobs.done + ofJob) / jobs.of)
  const isDone = jobs.done === jobs.of
  const number = Math.min(jobs.of, job?.number ?? jobs.done)
  const percent = String(Math.floor(share * 100)).padStart(3)
  const whole = isDone ? 'all jobs are done' : `${percent} %  job ${number}/${jobs.of}`
  const films = film.of > 1 ? `  film ${film.number}/${film.of}` : ''
  const server = film.server === null ? '' : ` on ${film.server}`
  const room = columns - label - bar - 4
  // At 80 columns there is no room for all, and the count of films can be missed.
  const first = `${paints.bold(padded(name))}  ${barText(isDone ? 1 : share, bar, paints)}  ${cutTo(whole + server + films, room)}`
  if (doing !== null) {
    const what = cutTo(doing.split('  ').map(clean).join('  '), columns - label - 2)
    return [first, `${padded(part)}  ${isWaiting ? paints.yellow(what) : what}`]
  }
  if (!job) return [first]
  return [first, `${padded(part)}  ${barText(ofJob, bar, paints)}  ${cutTo(stepText(job, times), room)}`]
}

const NAME = 24
/** Columns of a bar, and of what stands behind it. */
const [LEAST, MOST, REST] = [8, 30, 42]

/** What a line about a film does not say. Empty where nothing is known. */
export function detailText(view: RunView, video: string | null, times: Times): string {
  if (times === 'hidden') return ''
  const film = view.films.find(({ name }) => name === video)
  const pace = film?.job && film.doing === null ? paceText(film.job) : null
  const parts = [...(pace === null ? [] : [pace]), ...timeParts(view)]
  return `${times === 'simulated' ? 'simulated: ' : ''}${parts.join(' · ')}`
}

/** Of a server's text nothing may steer the terminal, or paint it. */
const clean = (text: string) => stripVTControlCharacters(text).replaceAll(/\s+/g, ' ').trim()

function jobText({ kind, chunk }: JobView, { chunks }: FilmView): string {
  return `${kind} chunk ${chunk}/${chunks}`
}

/** A job has more to do when its last step is done. */
function shareOf({ step, of }: JobView): number {
  return of > 0 ? Math.min(0.95, step / of) : 0
}

function barText(share: number, columns: number, { green, dim }: Paints): string {
  const full = Math.round(share * columns)
  return green('█'.repeat(full)) + dim('░'.repeat(columns - full))
}

function stepText(job: JobView, times: Times): string {
  const { node, step, of, elapsed } = job
  const pace = times === 'hidden' ? null : paceText(job)
  const parts = [
    node === null ? 'sent' : of > 0 ? `step ${step}/${of}` : null,
    pace,
    times === 'hidden' ? null : durationText(elapsed),
    node === null ? null : clean(node),
  ]
  return parts.filter((part) => part !== null).join('  ')
}

/** As ComfyUI's users know it. */
function paceText({ stepMs }: JobView): string | null {
  if (stepMs === null || stepMs <= 0) return null
  return stepMs >= 1_000 ? `${(stepMs / 1_000).toFixed(1)} s/it` : `${(1_000 / stepMs).toFixed(1)} it/s`
}

function timeText(view: RunView, times: Times): string {
  if (times === 'hidden') return 'no times: the recording was made on a CPU'
  return `${times === 'simulated' ? 'simulated times: ' : ''}${timeParts(view).join(' · ')}`
}

function timeParts({ elapsed, left, dollars, sinceNews }: RunView): string[] {
  return [
    `${durationText(elapsed)} so far`,
    ...(left === null ? [] : [`about ${durationText(left)} left`]),
    ...(dollars === null ? [] : [dollarText(dollars)]),
    ...(sinceNews >= QUIET ? [`no news for ${durationText(sinceNews)}`] : []),
  ]
}
