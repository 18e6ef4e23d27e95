import { comparedText, lengthText } from '../domain/estimate/estimate-text.ts'
import { dollarText, rateText } from '../domain/price.ts'
import { quoted } from '../domain/shell-word.ts'
import { bytesText, counted, durationText } from '../domain/wording.ts'
import type { Rehearsal } from './rehearsal.ts'
import type { Summary } from './summary.ts'

/** The end of a run for a person; `report`: the path of its page. */
export function summaryText(summary: Summary, report: string | null = null): string[] {
  const { jobs, frames, uploads, rehearsal, pod } = summary
  const counts = [
    `${counted(jobs.total, 'job')}: ${jobs.render} render, ${jobs.combine} combine${progress(jobs)}`,
    `${counted(frames.rendered, 'frame')} rendered, ${frames.kept} kept`,
    uploads.videos + uploads.manifests === 0
      ? 'nothing uploaded'
      : `${counted(uploads.videos, 'video')}, ${counted(uploads.manifests, 'manifest')} uploaded (${bytesText(uploads.bytes)})`,
  ].join(' · ')
  return [
    ...filmsText(summary),
    counts,
    ...notBegun(summary),
    ...serversText(summary),
    ...spentText(summary),
    ...estimatedText(summary),
    ...(pod ? [`Pod ${pod.id}: ${pod.status}, ${pod.action}${pod.status === 'RUNNING' ? priced(summary) : ''}`] : []),
    ...(rehearsal ? rehearsalText(rehearsal) : []),
    ...(summary.folder ? [`Run folder: ${summary.folder}`] : []),
    ...(report ? [`Report: ${report}`] : []),
    ...nextText(summary),
  ]
}

/** So many films are told of one by one. */
const FEW = 10

/** `otter: /films/final/otter.mp4 · gs://films/june/otter/calm-wren/otter.mp4` */
function filmsText({ videos }: Summary): string[] {
  const films = videos.filter(({ film }) => film !== null)
  const lines = films.slice(0, FEW).map(({ name, film, objects }) => {
    const stored = objects.find(({ role }) => role === 'film')
    return `${name}: ${film}${stored ? ` · ${stored.url}` : ''}`
  })
  return films.length > FEW ? [...lines, `… and ${counted(films.length - FEW, 'more film')} beside them`] : lines
}

/** What whoever has got a film may want to do now. A run that failed says itself how to go on. */
function nextText({ ok, dry_run: isDry, videos: [video] }: Summary): string[] {
  if (!ok || !video) return []
  if (isDry)
    return [
      'Next: `pr doctor` asks the real server, bucket and pod what a rehearsal cannot; then the same without --dry-run',
    ]
  return [`Next: \`pr redo ${quoted(video.name)} 1\` makes a chunk again, \`pr clean\` deletes what films need no more`]
}

/** ` · $0.44/h (--price)` */
function priced({ price }: Summary): string {
  return price ? ` · ${rateText(price.usd_per_hour)}/h (${price.source})` : ''
}

/** `http://a:8188/: 3 films, 18 jobs in 05:12 · $0.12` */
function serversText({ servers = [] }: Summary): string[] {
  return servers.map(({ url, films, jobs, busy_seconds: busy, usd }) => {
    const cost = usd === null ? '' : ` · ${dollarText(usd)}`
    return `${url}: ${counted(films.length, 'film')}, ${counted(jobs, 'job')} in ${durationText(busy * 1_000)}${cost}`
  })
}

/** `13:05 from start to end · $0.10 at $0.44/h (--price), and $1.20 of earlier starts` */
function spentText({ spent, price }: Summary): string[] {
  if (!spent) return []
  const time = `${durationText(spent.seconds * 1_000)} from start to end`
  if (!price || spent.usd === null) return [time]
  const before = spent.usd_of_earlier_starts ? `, and ${dollarText(spent.usd_of_earlier_starts)} of earlier starts` : ''
  return [`${time} · ${dollarText(spent.usd)} at ${rateText(price.usd_per_hour)}/h (${price.source})${before}`]
}

/** `estimated 12.6 min (12.9 min after two steps), took 13.1 min (+4 %)` */
function estimatedText({ estimate }: Summary): string[] {
  if (!estimate || estimate.took_seconds === null) return []
  const { first_seconds: first, took_seconds: took, from, seconds } = estimate
  const corrected = from === 'this run' && first !== seconds.mid ? ` (${lengthText(seconds.mid)} after two steps)` : ''
  return [comparedText(first, took, corrected)]
}

function notBegun({ videos }: Summary): string[] {
  const names = videos.filter(({ status }) => status === 'not_begun').map(({ name }) => name)
  return names.length === 0 ? [] : [`Not begun: ${names.join(', ')}`]
}

/** Said only when not every job was done in this run. */
function progress({ total, done, skipped }: Summary['jobs']): string {
  if (done === total) return ''
  return skipped > 0 ? ` (${done} done, ${skipped} done before)` : ` (${done} done)`
}

function faultText({ fault, times, at }: Rehearsal['faults'][number]): string {
  const last = times > at.length ? ', …' : ''
  const where = [...new Set(at.map(({ what }) => what))].join(', ') + last
  return `FAULT: ${fault} (${times === 0 ? 'never happened' : `${counted(times, 'time')}, at ${where}`})`
}

function rehearsalText(rehearsal: Rehearsal): string[] {
  const { recording, answers } = rehearsal
  const list = (record: Readonly<Record<string, number>>) =>
    Object.entries(record)
      .filter(([, number]) => number > 0)
      .map(([name, number]) => `${number} ${name}`)
      .join(', ')
  return [
    `Estimate: ${rehearsal.estimate.note}`,
    `Answered as ${recording.server} from recording ${recording.name} (${recording.recorded}, ${recording.device})${list(answers) && ` · answers: ${list(answers)}`}`,
    `real network connections: ${rehearsal.real_connections}`,
    ...rehearsal.refused.map((refused) => `REFUSED: ${refused}`),
    ...rehearsal.unmatched.map((unmatched) => `NO ANSWER: ${unmatched}`),
    ...rehearsal.faults.map(faultText),
    ...rehearsal.redacted.map(({ file, members }) => `REDACTED: ${file} (${members.join(', ')})`),
    `Not simulated: ${rehearsal.not_simulated.join('; ')}`,
  ]
}
