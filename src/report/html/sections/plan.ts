import type { Plan } from '../../../domain/plan.ts'
import { counted } from '../../../domain/wording.ts'
import { escapeHtml } from '../escape.ts'
import type { JobSpan } from '../job-spans.ts'
import type { RunFiles } from '../run-files.ts'
import { dataTable, factList, points, type Section } from './section.ts'

/** What was to be made: totals first, the chunks of a long film folded. */
export function planSection({ events }: RunFiles, spans: readonly JobSpan[]): Section {
  const plans = new Map(
    events.filter((event) => event.kind === 'video-started').map(({ video, plan }) => [video, plan]),
  )
  const names = events.findLast((event) => event.kind === 'run-started')?.videos ?? []
  const waiting = names.filter((name) => !plans.has(name))
  const frames = [...plans.values()].reduce((sum, { totalFrames }) => sum + totalFrames, 0)
  const totals = [counted(plans.size, 'film'), counted(spans.length, 'job'), counted(frames, 'frame')].join(', ')
  const notBegun = waiting.length === 0 ? '' : `<h3>Not begun</h3>${points(waiting)}`
  return { id: 'plan', title: 'Plan', html: `<p>${totals}</p>${[...plans.values()].map(film).join('')}${notBegun}` }
}

/** So many chunks are shown without being asked for. */
const FEW = 12

function film(plan: Plan): string {
  const { models } = plan
  const facts = factList([
    ['Frames', `${plan.totalFrames} at ${plan.fps} per second, ${plan.width}×${plan.height}`],
    ['Steps', `${plan.steps}, HIGH to LOW at ${plan.switchStep}, cfg ${plan.cfg}`],
    ['Models', `${models.highModel}, ${models.lowModel}`],
    ['LoRAs', `${models.highLora}, ${models.lowLora}`],
    ['Prompt', plan.positivePrompt],
    ['Negative', plan.negativePrompt],
    ['Reference', plan.referenceImage],
    ['Control video', plan.controlVideo],
    ['Prompt file', plan.promptFile],
  ])
  const heads = ['chunk', 'source frames', 'render', 'keep', 'seed', 'reference frame']
  const rows = plan.chunks.map(({ number, startFrame, keepFrames, renderFrames, seed, referenceFrame }) => [
    number,
    `${startFrame}–${startFrame + keepFrames - 1}`,
    renderFrames,
    keepFrames,
    seed,
    referenceFrame === null ? '–' : `frame ${referenceFrame} of chunk ${number - 1}`,
  ])
  const chunks = dataTable(`Chunks of ${plan.videoName}`, heads, rows)
  const open = rows.length <= FEW ? ' open' : ''
  return `<h3>${escapeHtml(plan.videoName)}</h3>${facts}<details${open}><summary>${counted(rows.length, 'chunk')}</summary>${chunks}</details>`
}
