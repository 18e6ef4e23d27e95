import { cutFrames } from '../domain/cut-frames.ts'
import { type Chunk, isJoinedHere, type Plan } from '../domain/plan.ts'
import { counted } from '../domain/wording.ts'

/**
 * The plan of one video for a person: a head line, one row a chunk, the combine jobs, and the warnings. `film` is the
 * name of its file.
 */
export function planTable(plan: Plan, film = `${plan.videoName}.mp4`): string[] {
  const rows = [
    ['chunk', 'source frames', 'render', 'keep', 'seed', 'reference frame', 'jobs'],
    ...plan.passes.map(({ high: { chunk, workflowNumber: high }, low }) => [
      String(chunk.number),
      range(chunk.startFrame, chunk.startFrame + chunk.keepFrames - 1),
      String(chunk.renderFrames),
      String(chunk.keepFrames),
      String(chunk.seed),
      referenceOf(plan, chunk),
      `${high} high, ${low.workflowNumber} low`,
    ]),
  ]
  const { length } = plan.combineJobs
  const first = plan.passes.length * 2 + 1
  return [
    `${plan.videoName} · ${plan.promptFile} · ${counted(plan.totalFrames, 'frame')} = ${seconds(plan)} s · ${plan.width}x${plan.height} at ${plan.fps} fps · ${plan.steps} steps (LOW from ${plan.switchStep}), cfg ${plan.cfg}`,
    ...aligned(rows).map((line) => `  ${line}`),
    isJoinedHere(plan)
      ? `  + joined here by ffmpeg, ${cutFrames(plan).length > 0 ? 'in one encode: frames have to be cut' : 'without an encode'}`
      : `  + combine ×${length} (${length === 1 ? 'job' : 'jobs'} ${range(first, first + length - 1)})`,
    ...plan.warnings.map((warning) => `  ! ${warning}`),
    ...(film === `${plan.videoName}.mp4`
      ? []
      : [`  ! final/${plan.videoName}.mp4 is there from another run and stays; this film becomes final/${film}`]),
  ]
}

function range(first: number, last: number): string {
  return first === last ? String(first) : `${first}–${last}`
}

function referenceOf(plan: Plan, chunk: Chunk): string {
  if (chunk.referenceFrame !== null)
    return `frame ${chunk.referenceFrame} of chunk ${chunk.number - 1} (known after job ${(chunk.number - 1) * 2})`
  return plan.referenceImage ?? '–'
}

function seconds(plan: Plan): string {
  return (plan.totalFrames / plan.fps).toFixed(1)
}

function aligned(rows: readonly string[][]): string[] {
  // Not by Math.max of them all: a function takes some ten thousand arguments, and a film can have more chunks.
  const widths = rows[0]!.map((_, column) => rows.reduce((width, row) => Math.max(width, row[column]!.length), 0))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
