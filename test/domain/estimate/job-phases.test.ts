import { expect, it } from 'vitest'
import { watchPhases } from '../../../src/domain/estimate/job-phases.ts'

/** Seconds at which nodes begin, and in a sampler those of its steps. */
function seen(nodes: ReadonlyArray<readonly [at: number, classType: string, ...steps: number[]]>, end: number) {
  const watch = watchPhases()
  for (const [at, classType, ...steps] of nodes) {
    watch.executing(classType, at * 1_000)
    for (const step of steps) watch.progress(step * 1_000)
  }
  return watch.read(end * 1_000)
}

it('tells loading from sampling by the pace of the steps, and puts every node where it belongs', () => {
  const pass = seen(
    [
      [0, 'UnetLoaderGGUF'],
      [2, 'LoraLoaderModelOnly'],
      [3, 'CLIPTextEncode'],
      [5, 'WanVaceToVideo'],
      // Eight seconds of loading, then four steps of five.
      [9, 'KSamplerAdvanced', 22, 27, 32, 37],
      [37, 'VAEDecode'],
      [41, 'SaveVideo'],
    ],
    43,
  )
  expect(pass).toEqual({
    load: 11_000,
    text: 2_000,
    sampling: 20_000,
    decode: 10_000,
    steps: { count: 3, ms: 15_000 },
  })
})

it('says nothing of a prompt that was not seen as a whole, or took no two steps', () => {
  const watch = watchPhases()
  watch.executing('KSampler', 0)
  for (const at of [1, 2, 3]) watch.progress(at)
  watch.lose()
  expect(watch.read(4)).toBeNull()
  expect(seen([[0, 'KSampler', 5]], 6)).toBeNull()
  expect(seen([[0, 'LoadVideo']], 6)).toBeNull()
})

it('says nothing where the clock was set back', () => {
  expect(
    seen(
      [
        [0, 'UnetLoaderGGUF'],
        [-5, 'KSamplerAdvanced', 1, 2, 3],
      ],
      4,
    ),
  ).toBeNull()
})
