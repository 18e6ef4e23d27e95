import { readProfiles } from '../../config/read-profiles.ts'
import type { Settings } from '../../config/settings-types.ts'
import { type Basis, timedBasis } from '../../domain/estimate/basis.ts'
import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { gpuName, isGpu, isSameGpu } from '../../domain/estimate/gpu-name.ts'
import { ownCosts } from '../../domain/estimate/own-times.ts'
import { usualRatio } from '../../domain/estimate/profile.ts'
import type { TimedForwards } from '../../domain/estimate/rates.ts'
import { counted } from '../../domain/wording.ts'
import type { Recording } from '../../recording/load-recording.ts'
import type { Known } from './estimate-films.ts'
import { usualForward } from './film-work.ts'
import { ownRuns } from './own-runs.ts'
import { recordedTimes } from './recorded-times.ts'

/** A recording, with the device of its server. */
export interface RecordedMachine extends Pick<Recording, 'name' | 'entries'> {
  readonly device: string
}

/** What is known of the machine that the settings mean, where no server is asked: by earlier runs on it, else by its recording. */
export function knownMachine({ run }: Settings, work: FilmWork, recording: RecordedMachine | null): Known {
  const own = ownBasis(run.outputDir, run.gpu, work)
  const recorded = recording && isGpu(recording.device) ? recording : null
  const isMeant = recorded && (run.gpu === null || isSameGpu(recorded.device, run.gpu))
  const timed = own ?? (isMeant ? recordedBasis(recorded, work) : null)
  return { gpu: run.gpu ?? (recorded && gpuName(recorded.device)), timed, otherwise: whyNone(recording) }
}

/** What is known of a server that has named its GPU. */
export function knownServer({ run }: Settings, work: FilmWork, device: string): Known {
  const gpu = run.gpu ?? (isGpu(device) ? gpuName(device) : null)
  const timed = gpu === null ? null : ownBasis(run.outputDir, gpu, work)
  return { gpu, timed, otherwise: `ComfyUI runs on ${device || 'no GPU'}, of which nothing is known` }
}

/** What earlier live runs of this output directory tell. */
function ownBasis(outputDir: string, gpu: string | null, work: FilmWork): Basis | null {
  const runs = ownRuns(outputDir, gpu, work.vace)
  const steps = ofLikeSize(
    runs.flatMap((one) => one.steps),
    work,
  )
  if (steps.length === 0) return null
  const { profiles, costs } = readProfiles()
  return timedBasis(steps, {
    from: 'own runs',
    gpu: gpuName(runs.at(-1)!.gpu!),
    name: `by ${counted(runs.length, 'run')} of your own`,
    costs: ownCosts(runs, costs),
    spread: AS_BEFORE,
    ratio: usualRatio(profiles, costs),
  })
}

const AS_BEFORE = { low: 0.9, high: 1.1 }

function recordedBasis({ name, entries, device }: RecordedMachine, work: FilmWork): Basis | null {
  const times = ofLikeSize(recordedTimes(entries), work)
  if (times.length === 0) return null
  const { profiles, costs } = readProfiles()
  const known = {
    from: 'recording' as const,
    gpu: gpuName(device),
    name: `recording ${name}`,
    costs,
    spread: AS_RECORDED,
  }
  return timedBasis(times, { ...known, ratio: usualRatio(profiles, costs) })
}

/** It may be of another day, another driver, another load of the machine. */
const AS_RECORDED = { low: 0.9, high: 1.2 }

/** What was timed with far fewer tokens shows how long a step takes to begin, and not how long it lasts. */
export function ofLikeSize(timed: readonly TimedForwards[], work: FilmWork): TimedForwards[] {
  const usual = usualForward(work)
  return timed.filter(({ forward }) => usual !== null && forward.linear >= usual.linear / FEWER)
}

const FEWER = 4

function whyNone(recording: RecordedMachine | null): string {
  if (recording === null) return 'no GPU is named, and no run of your own tells of one'
  if (isGpu(recording.device)) return `recording ${recording.name} shows no steps of a like size`
  return `recording ${recording.name} was made on a CPU, which says nothing about a GPU`
}
