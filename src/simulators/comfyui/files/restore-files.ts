import { jobsOf, type Plan } from '../../../domain/plan.ts'
import { filesOf, type JobResult, type OutputFile } from '../../../domain/run-event.ts'
import type { LoadedEntry } from '../../../recording/loaded-entry.ts'
import { type ByteSource, fileSource, fromBytes } from '../../media/byte-source.ts'
import { colourOf } from '../../media/colour.ts'
import { mp4 } from '../../media/mp4.ts'
import { png } from '../../media/png.ts'
import { latent } from '../../media/safetensors.ts'
import { contentOf } from './file-content.ts'
import type { FileStore } from './file-store.ts'

/** What an earlier part of a run left on the server. */
export interface LeftOnServer {
  /** By workflow number. */
  readonly done: Readonly<Record<number, JobResult>>
  /** Name of the uploaded reference image by chunk. */
  readonly references: Readonly<Record<number, string>>
}

/**
 * Gives an empty simulated server the files that the real one holds after an earlier part of a run. A local copy is used where
 * there is one; else the file is made in the size, length and rate that the plan says. Returns how many there are.
 */
export function restoreFiles(
  files: FileStore,
  plan: Plan,
  left: LeftOnServer,
  isFile: (path: string) => boolean,
): number {
  const { width, height, fps } = plan
  const colour = (chunk: number) => colourOf('earlier', plan.videoName, chunk)
  const made = {
    latent(chunk: Plan['chunks'][number]) {
      const ahead = chunk.referenceFrame !== null || plan.referenceImage !== null ? 1 : 0
      // One latent frame for the first picture and for every four after it, and one for a reference image (Wan's VAE, VACE).
      const frames = (chunk.renderFrames - 1) / 4 + 1 + ahead
      return latent({ shape: [1, 16, frames, height / 8, width / 8], seed: colour(chunk.number) })
    },
    video: ({ number, renderFrames }: Plan['chunks'][number]) =>
      mp4({ images: { width, height, segments: [{ frames: renderFrames, colour: colour(number) }] }, fps }),
    film({ number }: Plan['chunks'][number]) {
      const segments = plan.chunks
        .slice(0, number)
        .map((chunk) => ({ frames: chunk.keepFrames, colour: colour(chunk.number) }))
      return mp4({ images: { width, height, segments }, fps })
    },
  }
  let count = 0
  const write = (file: OutputFile, bytes: ByteSource) => {
    files.write({ ...file, bytes, content: contentOf(bytes) })
    count += 1
  }
  for (const job of jobsOf(plan)) {
    const result = left.done[job.workflowNumber]
    for (const [role, { server, copy }] of result ? filesOf(result) : []) {
      write(server, copy !== null && isFile(copy) ? fileSource(copy) : made[role](job.chunk))
    }
  }
  for (const [chunk, name] of Object.entries(left.references)) {
    write({ type: 'input', subfolder: '', filename: name }, png({ width, height, colour: colour(Number(chunk)) }))
  }
  return count
}

/**
 * Gives an empty simulated server the input files that the recorded one had before: those that were viewed as they are, and
 * that no recorded upload made.
 */
export function restoreInputs(files: FileStore, entries: readonly LoadedEntry[]): void {
  const uploaded = new Set<string>()
  for (const entry of entries) {
    const { method, url, status, responseBody } = entry
    const path = url.pathname
    if (status !== 200 || isInPart(entry)) continue
    if (method === 'POST' && /\/upload\/(?:image|mask)$/.test(path)) uploaded.add(nameOf(responseBody()))
    if (method !== 'GET' || !path.endsWith('/view')) continue
    const { filename, subfolder = '', type, ...others } = Object.fromEntries(url.searchParams)
    if (!filename || type !== 'input' || 'preview' in others || 'channel' in others) continue
    if (uploaded.has(`${subfolder}/${filename}`)) continue
    const bytes = fromBytes(responseBody())
    if (bytes.size > 0) files.write({ type, subfolder, filename, bytes, content: contentOf(bytes) })
  }
}

/** Addresses of input files that the recorded server had, and that are not known whole. */
export function inputsInPart(entries: readonly LoadedEntry[]): ReadonlySet<string> {
  const views = entries.filter(
    (entry) => entry.method === 'GET' && entry.status === 200 && /\/view$/.test(entry.url.pathname) && isInPart(entry),
  )
  return new Set(views.filter(({ url }) => url.searchParams.get('type') === 'input').map(({ url }) => url.search))
}

function isInPart({ isBodyLost = false, cut }: LoadedEntry): boolean {
  return isBodyLost || cut !== undefined
}

/** `subfolder/name` of the answer to an upload; '' when it was not kept. */
function nameOf(answer: Uint8Array): string {
  try {
    const { name, subfolder } = JSON.parse(Buffer.from(answer).toString())
    return `${subfolder}/${name}`
  } catch {
    return ''
  }
}
