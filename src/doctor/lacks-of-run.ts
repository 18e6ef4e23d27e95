import type { Clients, RunProgram } from '../clients/clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { isJoinedHere, type Plan } from '../domain/plan.ts'
import { checkDisk, checkPrograms, type IsDone } from './check-machine.ts'
import { checkPod, checkStorage } from './check-services.ts'
import type { DoctorFinding } from './doctor-finding.ts'

interface PlannedRun {
  readonly settings: Settings
  readonly plans: readonly Plan[]
  readonly clients: Pick<Clients, 'storage' | 'pod'>
  readonly run: RunProgram
  /** The user's home folder. */
  readonly home: string
  /** Epoch milliseconds. */
  readonly now: number
  /** Jobs whose files an earlier part of the run has left. */
  readonly isDone: IsDone
  readonly signal: AbortSignal
}

/**
 * What a run would miss after its first paid job, but for what the server has: programs, room on the disk, bucket, credentials, pod.
 * Warnings are what it can begin with all the same.
 */
export async function lacksOfRun(planned: PlannedRun): Promise<DoctorFinding[]> {
  const { settings, plans, clients, run, home, now, isDone, signal } = planned
  const [programs, disk, storage, pod] = await Promise.all([
    lacksOfPrograms(settings, plans, run),
    checkDisk(settings, plans, isDone),
    checkStorage(settings, { home, client: clients.storage, signal }),
    checkPod(settings, clients.pod, now),
  ])
  // A bucket that may not be listed is warned of by the run's own look into it.
  const services = [...storage, ...pod].filter(isMissing)
  return [...programs, ...[disk].filter(({ level }) => level !== 'ok'), ...services]
}

/** Which of ffmpeg and ffprobe a run needs and cannot start. Only a second chunk needs a picture of the one before it. */
export async function lacksOfPrograms(
  settings: Settings,
  plans: readonly Plan[],
  run: RunProgram,
): Promise<DoctorFinding[]> {
  const cutsFrames = plans.some((plan) => plan.chunks.length > 1 || isJoinedHere(plan))
  const findings = await checkPrograms(settings, run)
  return findings.filter((finding) => isMissing(finding) && (cutsFrames || finding.check !== 'ffmpeg'))
}

const isMissing = ({ level }: DoctorFinding) => level === 'missing'
