import { expect, it } from 'vitest'
import { readProfiles } from '../../../src/config/read-profiles.ts'
import { forwardOf } from '../../../src/domain/estimate/forward.ts'
import {
  fixedSeconds,
  type Precision,
  type Profile,
  profileRates,
  profilesOf,
} from '../../../src/domain/estimate/profile.ts'
import { median, secondsAt } from '../../../src/domain/estimate/rates.ts'
import { eachSize, eachStack, eachTime, errorOf, type HeldOut } from '../../support/held-out.ts'

const shipped = readProfiles()
const { profiles, costs } = shipped

const errorsOf = (all: readonly HeldOut[]) => all.flatMap((one) => errorOf(one) ?? []).map(Math.abs)

it('published times are foretold by the others of their profile: 6 % off in the middle, none more than 15 %', () => {
  const errors = errorsOf(eachTime(shipped))
  expect(errors.length).toBeGreaterThan(30)
  expect(median(errors)).toBeLessThan(0.06)
  expect(Math.max(...errors)).toBeLessThan(0.15)
})

it('so are sizes by the times of other sizes', () => {
  const errors = errorsOf(eachSize(shipped))
  expect(errors.length).toBeGreaterThan(20)
  expect(median(errors)).toBeLessThan(0.06)
  expect(Math.max(...errors)).toBeLessThan(0.15)
})

it('another program on the same GPU foretells far worse, which is why both are told apart', () => {
  expect(median(errorsOf(eachStack(shipped)))).toBeGreaterThan(0.15)
})

it('480p81 : 720p81 : 720p121 is as published, by profiles without the times that are compared', () => {
  const named = (gpu: string, stack: string) => profiles.find((one) => one.gpu === gpu && one.stack === stack)!
  const rest = (...left: Profile[]) => profiles.filter((one) => !left.includes(one))
  const fast = named('H100', 'SGLang, LightX2V, vllm-omni')
  const two = named('H100', 'vllm-omni on two')
  const steps = profileRates(
    { ...fast, times: fast.times.filter(({ size }) => size.width === 832) },
    rest(fast),
    costs,
  )!
  const small = { width: 832, height: 480, frames: 81, references: 0, vace: false }
  const at = (width: number, height: number, frames: number) =>
    secondsAt(steps, forwardOf({ ...small, width, height, frames }), 2)
  expect(Math.abs(at(1_280, 720, 81) / at(832, 480, 81) / (19.394 / 5.1421) - 1)).toBeLessThan(0.1)
  // On two GPUs, by the times of one.
  const [short, long] = two.times.map(
    (time) =>
      secondsAt(profileRates(fast, rest(fast, two), costs)!, forwardOf(time.size), time.forwards / 2) +
      fixedSeconds(time, costs),
  )
  expect(Math.abs(long! / short! / (104.1 / 18.94) - 1)).toBeLessThan(0.1)
  for (const gpu of ['A100', 'H100', 'H20']) {
    const profile = named(gpu, 'Wan2.2 repository')
    const only = (id: string) => profile.times.filter((time) => time.id.startsWith(id))
    const rates = profileRates({ ...profile, times: only('t2v') }, rest(profile), costs)!
    const [at480, at720] = only('i2v').map((time) => ({
      published: time.seconds,
      foretold: secondsAt(rates, forwardOf(time.size), time.forwards) + fixedSeconds(time, costs),
    }))
    const ratio = at720!.foretold / at480!.foretold / (at720!.published / at480!.published)
    expect(Math.abs(ratio - 1)).toBeLessThan(0.1)
  }
})

const likest = (gpu: string, precision: Precision = 'fp8') => {
  const [found] = profilesOf(profiles, gpu, precision)
  return found ? `${found.profile.gpu}: ${found.profile.stack}${found.how === null ? '' : ` (${found.how})`}` : null
}

it.each([
  ['cuda:0 NVIDIA GeForce RTX 4090 D : cudaMallocAsync', 'RTX 4090 D: ComfyUI'],
  ['RTX 4090D', 'RTX 4090 D: ComfyUI'],
  ['rtx4090d', 'RTX 4090 D: ComfyUI'],
  ['RTX4090', 'RTX 4090 D: ComfyUI (has an eighth more cores)'],
  ['cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync', 'RTX 4090 D: ComfyUI (has an eighth more cores)'],
  ['4090', 'RTX 4090 D: ComfyUI (has an eighth more cores)'],
  ['NVIDIA A100-SXM4-80GB', 'A100: Wan2.2 repository'],
  ['NVIDIA H100 80GB HBM3', 'H100: Wan2.2 repository'],
  ['NVIDIA H200', 'H100: Wan2.2 repository'],
  ['h20', 'H20: Wan2.2 repository'],
  ['NVIDIA GeForce RTX 5070 Ti', 'RTX 5070 Ti: ComfyUI'],
  ['NVIDIA GeForce RTX 5070', null],
  ['NVIDIA GeForce RTX 4090 Laptop GPU', null],
  ['NVIDIA GeForce RTX 3090', null],
  ['RTX 4090 Ti', null],
  ['RTX 4090 Super', null],
  ['4090ti', null],
  ['5070Ti', 'RTX 5070 Ti: ComfyUI'],
  ['GH200 480GB', null],
  ['NVIDIA A100-SXM4-80GB MIG 3g.40gb', null],
  ['A100 80 GB PCIe', 'A100: Wan2.2 repository'],
  ['NVIDIA RTX 6000 Ada Generation', null],
  ['Ti', null],
  ['NVIDIA', null],
  ['cpu', null],
])('%s is found among the profiles as %s', (gpu, found) => {
  expect(likest(gpu)).toBe(found)
})

it('weights of 16 bits are looked for first where they are used, and those of 4 only there', () => {
  expect(likest('RTX 4090', 'fp16')).toBe('RTX 4090: ComfyUI, Wan2.1 VACE, offloaded')
  expect(likest('RTX PRO 6000', 'fp8')).toBeNull()
  expect(likest('RTX PRO 6000', 'fp4')).toBe('RTX PRO 6000: SGLang')
  expect(likest('NVIDIA RTX PRO 6000 Blackwell Server Edition', 'fp4')).toBe('RTX PRO 6000: SGLang')
  expect(likest('NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition', 'fp4')).toBeNull()
  expect(likest('RTX 4090', 'gguf')).toBe('RTX 4090 D: ComfyUI (has an eighth more cores)')
})
