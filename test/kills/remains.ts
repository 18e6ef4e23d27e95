import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileCrc32c } from '../../src/files/file-crc32c.ts'
import { fileSource } from '../../src/simulators/media/byte-source.ts'
import { readMp4 } from '../../src/simulators/media/read-mp4.ts'
import { journals } from '../support/journals.ts'
import type { Cloud } from './cloud.ts'
import type { ComfyuiServer } from './comfyui-server.ts'

/** What there is of a run when all is over; the same of two runs whose work is the same. */
export interface Remains {
  /** Size, rate and frames of the film, with the colours that come of seeds and prompts. */
  readonly film: ReturnType<typeof readMp4>
  /** Names of its files and objects, the run's own name written `<run>`. */
  readonly files: readonly string[]
  readonly bucket: readonly string[]
  /** Whether the bucket has the film that lies here. */
  readonly isSameFilm: boolean
  /** How often the server took a prompt for each job, and how often one was done, by workflow number. */
  readonly prompts: Readonly<Record<number, number>>
  readonly done: Readonly<Record<number, number>>
}

/** Looks at all that a run has left. */
export async function remainsOf(
  outputDir: string,
  run: string | null,
  objects: ReturnType<Cloud['objects']>,
  server: ComfyuiServer,
): Promise<Remains> {
  const nameless = (names: readonly string[]) => names.map((name) => name.replaceAll(run ?? '', '<run>')).toSorted()
  const path = join(outputDir, 'final/otter.mp4')
  const crc32c = existsSync(path) ? await fileCrc32c(path) : null
  // A run that died before it had a journal leaves its claim, and its name is not used again.
  const isForeignClaim = (name: string) => /(?:^|\/)claim_\d+\.json$/.test(name) && !name.includes(`/${run}/`)
  const bucket = (await objects).filter(({ name }) => !isForeignClaim(name))
  const events = journals(outputDir)[run ?? ''] ?? []
  const done = events.filter(({ kind }) => kind === 'job-finished').map(({ workflow }) => workflow as number)
  return {
    film: crc32c === null ? null : readMp4(fileSource(path)),
    files: nameless(filesIn(outputDir)),
    bucket: nameless(bucket.map(({ name }) => name)),
    isSameFilm: bucket.find(({ name }) => name.endsWith('.mp4'))?.crc32c === crc32c,
    prompts: counted(server.promptsOf(run ?? '')),
    done: counted(done),
  }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
}

function counted(numbers: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {}
  for (const number of numbers) counts[number] = (counts[number] ?? 0) + 1
  return counts
}
