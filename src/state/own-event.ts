import { basename, dirname, isAbsolute, join, normalize } from 'node:path'
import { createLayout, filmName } from '../config/layout.ts'
import { promptId } from '../domain/ids.ts'
import type { JobResult, MadeFile, RunEvent } from '../domain/run-event.ts'
import type { RunState } from './run-state.ts'

/** Whose journal it is: the run's name is that of the file, and `root` the folder that the run wrote to; null: any. */
export interface JournalOwner {
  readonly runName: string
  readonly root: string | null
  /** What the journal has said so far. */
  readonly state: RunState
}

/**
 * An event of the journal of `owner`: its paths are below `root`, wherever that was when it was written. Throws for the event of
 * another run, and for a path that the layout does not make.
 */
export function ownEvent(event: RunEvent, owner: JournalOwner): RunEvent {
  switch (event.kind) {
    case 'run-started':
      if (event.runName === owner.runName && ['', event.runId].includes(owner.state.runId)) return event
      throw new Error(`it is of the run ${event.runName} (${event.runId})`)
    case 'job-started': {
      const { runId, videos } = owner.state
      const jobId = videos[event.video]?.jobIds[event.workflow]
      const isOwn = runId === '' || !jobId || event.promptId === promptId(runId, jobId, event.attempt)
      if (isOwn) return event
      throw new Error(`prompt ${event.promptId} was not sent for this job`)
    }
    case 'job-finished':
    case 'job-taken':
      return { ...event, result: ownResult(event.result, event.video, owner) }
    case 'film-downloaded':
      return { ...event, file: ownPath(event.file, owner, isFilm(event.video, owner.runName)) }
    default:
      return event
  }
}

function ownResult(result: JobResult, video: string, owner: JournalOwner): JobResult {
  const layout = createLayout('/', owner.runName)
  const own = <File extends MadeFile>(file: File, made: (number: number) => readonly string[]): File => ({
    ...file,
    copy: file.copy === null ? null : ownPath(file.copy, owner, (tail) => made(numberIn(tail)).includes(tail)),
  })
  const latents = (chunk: number) => [layout.latent(video, chunk, 'high'), layout.latent(video, chunk, 'low')]
  switch (result.kind) {
    case 'high':
      return { ...result, latent: own(result.latent, latents) }
    case 'low': {
      const latent = result.latent && own(result.latent, latents)
      return { ...result, video: own(result.video, (chunk) => [layout.chunkVideo(video, chunk)]), latent }
    }
    case 'combine':
      return { ...result, film: own(result.film, (job) => [layout.combined(video, job)]) }
    default:
      return result satisfies never
  }
}

/** The path below the owner's root; its last two parts, as from a root `/`, have to be such as the layout makes. */
function ownPath(path: string, { root }: JournalOwner, isMade: (tail: string) => boolean): string {
  const tail = join('/', basename(dirname(path)), basename(path))
  if (!isMade(tail) || !isAbsolute(path) || normalize(path) !== path) throw new Error(`${path} is not of this run`)
  return root === null ? path : join(root, tail)
}

function isFilm(video: string, runName: string): (tail: string) => boolean {
  const names = [filmName(video), filmName(video, runName)]
  return (tail) => {
    // `placeFilm` counts on where names are taken.
    const name = basename(tail)
    const counted = name.replace(/-\d{1,6}\.mp4$/, '.mp4')
    return dirname(tail) === '/final' && (names.includes(name) || counted === names[1])
  }
}

/** The number of the chunk or job in a file's name. */
function numberIn(tail: string): number {
  return Number(/_(\d{3,9})(?:_(?:high|low))?\.\w+$/.exec(tail)?.[1] ?? 0)
}
