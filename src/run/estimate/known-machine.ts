import { readProfiles } from '../../config/read-profiles.ts'
import type { Settings } from '../../config/settings-types.ts'
import { type Basis, timedBasis } from '../../domain/estimate/basis.ts'
import type { FilmWork } from '../../domain/estimate/film-time.ts'
import { usualRatio } from '../../domain/estimate/profile.ts'
import type { TimedForwards } from '../../domain/estimate/rates.ts'
import type { Recording } from '../../recording/load-recording.ts'
import type { Known } from './estimate-films.ts'
import { usualForward } from './film-work.ts'
import { recordedTimes } from './recorded-times.ts'

/** A recording, with the device of its server. */
export interface RecordedMachine extends Pick<Recording, 'name' | 'entries'> {
  readonly device: string
}

/** What is known of the machine that the settings mean, where no server is asked: what its recording shows. */
export function knownMachine({ run }: Settings, work: FilmWork, recording: RecordedMachine | null): Known {
  const fromRecording = recording && isGpu(recording.device) && run.gpu === null ? recordedBasis(recording, work) : null
  const timed = [fromRecording].filter((basis) => basis !== null)
  return {
    gpu: run.gpu ?? (recording && isGpu(recording.device) ? recording.device : null),
    timed,
    otherwise: whyNone(recording),
  }
}

/** Whether a server's name of its device is that of a GPU. */
export function isGpu(device: string): boolean {
  return !['', 'cpu'].includes(device.toLowerCase())
}

function recordedBasis({ name, entries, device }: RecordedMachine, work: FilmWork): Basis | null {
  const times = ofLikeSize(recordedTimes(entries), work)
  if (times.length === 0) return null
  const { profiles, costs } = readProfiles()
  const known = { from: 'recording' as const, gpu: device, name: `recording ${name}`, costs, spread: AS_RECORDED }
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
