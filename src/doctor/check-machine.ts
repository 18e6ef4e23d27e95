import { statfs } from 'node:fs/promises'
import type { RunProgram } from '../clients/clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { type Chunk, isJoinedHere, type Job, type Plan } from '../domain/plan.ts'
import { capacityText } from '../domain/wording.ts'
import { isWritableFolder, nearestExisting } from '../files/folders.ts'
import { type DoctorFinding, findingsOf } from './doctor-finding.ts'

/** `problem` says why this Node will not do, or is null. */
export function checkNode({ version, problem }: { version: string; problem: string | null }): DoctorFinding {
  const { ok, missing } = findingsOf('node')
  return problem === null ? ok(`Node ${version}`) : missing('PR_USAGE', problem, 'install a Node that fits')
}

/** Whether ffmpeg and ffprobe start, and which release they are. */
export async function checkPrograms({ programs }: Settings, run: RunProgram): Promise<DoctorFinding[]> {
  return Promise.all(
    (['ffmpeg', 'ffprobe'] as const).map(async (name) => {
      const { ok, missing } = findingsOf(name)
      const program = programs[name]
      const failed = (why: string) =>
        missing(
          'PR_FFMPEG',
          `${program} cannot be used: ${why}`,
          `install ffmpeg (apt-get install ffmpeg, brew install ffmpeg), or say where it is with --${name}`,
        )
      try {
        const { exitCode, stdout } = await run(program, ['-version'])
        const version = /^\S+ version \S+/.exec(stdout)?.[0]
        return exitCode === 0 && version ? ok(version) : failed(`it ended with ${exitCode}`)
      } catch (error) {
        return failed((error as NodeJS.ErrnoException).code ?? String(error))
      }
    }),
  )
}

/**
 * Whether the run's files can be written, and whether those of jobs that are not done yet fit. A ComfyUI on this machine probably
 * writes to the same disk: what lacks only then is a warning.
 */
export async function checkDisk(
  { run, comfyui }: Settings,
  plans: readonly Plan[],
  isDone: IsDone = noneIsDone,
): Promise<DoctorFinding> {
  const { ok, warning, missing } = findingsOf('disk')
  const { outputDir } = run
  if (!isWritableFolder(outputDir)) {
    return missing('PR_FILE', `the output folder ${outputDir} cannot be written to`, 'name another with --output-dir')
  }
  const { blocks, bavail, bsize } = await statfs(nearestExisting(outputDir))
  // Some file systems that lie elsewhere do not say.
  if (blocks === 0) return ok(`the output folder ${outputDir}: its free space is not told`)
  const free = bavail * bsize
  const need = diskNeed(plans, run, isDone)
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(comfyui.url.hostname)
  const parts = `about ${capacityText(need.here)} here and ${capacityText(need.server)} in ComfyUI's output folder${isLocal ? ' on the same machine' : ''}`
  const message = `the output folder ${outputDir}: ${capacityText(free)} free, the plan needs ${parts}`
  if (plans.length === 0) return ok(`the output folder ${outputDir}: ${capacityText(free)} free`)
  const cure = 'free some space, or name another folder with --output-dir'
  if (need.here > free) return missing('PR_FILE', message, cure)
  return isLocal && need.here + need.server > free ? warning(message, cure) : ok(message)
}

/** Whether a job of a plan is done, so that its files are there. */
export type IsDone = (plan: Plan, workflowNumber: number) => boolean

const noneIsDone: IsDone = () => false

/** A generous rate for what ComfyUI's H.264 makes of rendered pictures. */
const BITS_PER_PIXEL = 0.3

/** Bytes of the files that a run still makes: latents to the byte, videos and reference frames at the most they are likely to be. */
export function diskNeed(
  plans: readonly Plan[],
  { keepIntermediate }: { keepIntermediate: boolean },
  isDone: IsDone = noneIsDone,
): { readonly here: number; readonly server: number } {
  const needs = plans.map((plan) => {
    const lacks = ({ workflowNumber }: Job) => !isDone(plan, workflowNumber)
    const low = plan.passes.map((pass) => pass.low).filter(lacks)
    const high = plan.passes.map((pass) => pass.high).filter(lacks)
    const combines = plan.combineJobs.filter(lacks)
    const latents = sum([...high, ...low].map(({ chunk }) => latentBytes(plan, chunk)))
    const videos = sum(low.map(({ chunk }) => videoBytes(plan, chunk.renderFrames)))
    const references = high.filter(({ chunk }) => chunk.number > 1).length * plan.width * plan.height * 3
    const films = combines.map(({ filmFrames }) => videoBytes(plan, filmFrames))
    return {
      server: latents + videos + references + sum(films),
      here:
        videos +
        references +
        (keepIntermediate ? latents + sum(films) : (films.at(-1) ?? 0)) +
        (isJoinedHere(plan) ? videoBytes(plan, plan.totalFrames) : 0),
    }
  })
  return { here: sum(needs.map(({ here }) => here)), server: sum(needs.map(({ server }) => server)) }
}

/** 16 channels of float32, 8 times smaller to each side; the first frame alone, then four at a time. */
function latentBytes({ width, height }: Plan, { renderFrames }: Chunk): number {
  return 16 * (width / 8) * (height / 8) * ((renderFrames - 1) / 4 + 1) * 4
}

function videoBytes({ width, height }: Plan, frames: number): number {
  return Math.ceil((width * height * frames * BITS_PER_PIXEL) / 8)
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
