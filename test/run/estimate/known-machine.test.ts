import { expect, it } from 'vitest'
import { readProfiles } from '../../../src/config/read-profiles.ts'
import type { Settings } from '../../../src/config/settings-types.ts'
import { loadTemplates } from '../../../src/config/templates.ts'
import type { Graph } from '../../../src/domain/graph.ts'
import { estimateFilms } from '../../../src/run/estimate/estimate-films.ts'
import { filmWork } from '../../../src/run/estimate/film-work.ts'
import { knownMachine, type RecordedMachine } from '../../../src/run/estimate/known-machine.ts'
import { planOf } from '../../support/plans.ts'

const DEVICE = 'cuda:0 NVIDIA L40S : cudaMallocAsync'

/** What a recording would have of one prompt that samples four steps, the first of them with a load. */
function recording(size: { width: number; height: number }, cfg: number, stepSeconds: number): RecordedMachine {
  const graph: Graph = {
    8: { class_type: 'WanVaceToVideo', inputs: { ...size, length: 101, reference_image: ['9', 0] } },
    10: { class_type: 'KSamplerAdvanced', inputs: { cfg } },
  }
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const message = (at: number, type: string, data: object) => ({
    from: 'server',
    at: at * 1_000,
    opcode: 1,
    data: () => json({ type, data: { prompt_id: 'p', ...data } }),
  })
  const steps = [20, 20 + stepSeconds, 20 + 2 * stepSeconds, 20 + 3 * stepSeconds]
  const frames = [
    message(0, 'executing', { node: '10' }),
    ...steps.map((at, index) => message(at, 'progress', { node: '10', value: index + 1, max: 4 })),
    message(200, 'executing', { node: null }),
  ]
  const entries = [
    {
      method: 'POST',
      url: new URL('http://gpu/prompt'),
      status: 200,
      requestBody: () => json({ prompt: graph }),
      responseBody: () => json({ prompt_id: 'p' }),
    },
    { method: 'GET', url: new URL('http://gpu/ws'), status: 101, frames },
  ]
  return { name: 'mine', device: DEVICE, entries: entries as unknown as RecordedMachine['entries'] }
}

const settings = (gpu: string | null = null) => ({ run: { gpu, outputDir: '/nowhere/it' } }) as Settings
const templates = await loadTemplates(null)
const work = (change: object = {}) => filmWork({ plans: [{ ...planOf('otter', 404), ...change }], templates })
const estimate = (film: ReturnType<typeof work>, recorded: RecordedMachine | null, gpu: string | null = null) =>
  estimateFilms(film, knownMachine(settings(gpu), film, recorded), readProfiles)

it('a recording of a GPU tells how long its steps are, without the first one', () => {
  const found = estimate(work({ totalFrames: 404 }), recording({ width: 480, height: 848 }, 1, 10))
  if (!('estimate' in found)) throw new Error(found.none)
  const { phases, basis } = found.estimate
  expect([basis.from, basis.gpu, basis.name]).toEqual(['recording', 'L40S', 'recording mine'])
  // Four chunks of eight steps of ten seconds; the first chunk has no reference picture yet.
  expect(phases.sampling.mid).toBeGreaterThan(310)
  expect(phases.sampling.mid).toBeLessThan(320)
})

it('its steps were guided or not, and so are those of the film', () => {
  const sampling = (filmCfg: number, recordedCfg: number) => {
    const found = estimate(work({ cfg: filmCfg }), recording({ width: 480, height: 848 }, recordedCfg, 10))
    return 'estimate' in found ? found.estimate.phases.sampling.mid : 0
  }
  expect(sampling(6, 1) / sampling(1, 1)).toBeCloseTo(2)
  expect(sampling(6, 6) / sampling(1, 1)).toBeCloseTo(1)
})

it('steps over far fewer tokens tell nothing', () => {
  expect(estimate(work(), recording({ width: 64, height: 64 }, 1, 0.2))).toEqual({
    none: expect.stringMatching(/^nobody has published times of a GPU called "L40S";/),
  })
})

it('a GPU that is named goes before that of the recording', () => {
  const found = estimate(work(), recording({ width: 480, height: 848 }, 1, 10), 'RTX 5070 Ti')
  expect(found).toMatchObject({ estimate: { basis: { gpu: 'RTX 5070 Ti', from: 'profile' } } })
})

it('without a GPU there is none', () => {
  const none = (device: string) => estimate(work(), { name: 'x', device, entries: [] })
  expect(none('cpu')).toEqual({ none: expect.stringMatching(/^recording x was made on a CPU, .* `pr plan --gpus`/) })
  expect(estimate(work(), null)).toEqual({ none: expect.stringMatching(/^no GPU is named/) })
})
