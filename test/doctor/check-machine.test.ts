import { expect, it } from 'vitest'
import { diskNeed } from '../../src/doctor/check-machine.ts'
import { jobId } from '../../src/domain/ids.ts'
import { makePlan } from '../../src/domain/make-plan.ts'
import { capacityText } from '../../src/domain/wording.ts'
import { planSettings, prompt } from '../support/lighthouse.ts'

it('knows the latents to the byte', () => {
  const plan = makePlan({ ...prompt, totalFrames: 101 }, planSettings, jobId)
  const [without, all] = [false, true].map((keepIntermediate) => diskNeed([plan], { keepIntermediate }))
  // 16 channels, 60 x 106, 26 latent frames, float32: 10.6 MB a latent, and each chunk has two.
  const latents = 2 * 16 * 60 * 106 * 26 * 4
  const film = Math.ceil((480 * 848 * 101 * 0.3) / 8)
  expect([without, all]).toEqual([
    { here: 2 * film, server: latents + 2 * film },
    { here: latents + 2 * film, server: latents + 2 * film },
  ])
})

it('counts the film of every combine job on the server, and one here', () => {
  const plan = makePlan(prompt, planSettings, jobId)
  const { here, server } = diskNeed([plan, plan], { keepIntermediate: false })
  expect([capacityText(here), capacityText(server)]).toEqual(['41 MB', '282 MB'])
})

it('counts nothing of jobs that are done', () => {
  const plan = makePlan({ ...prompt, totalFrames: 202 }, planSettings, jobId)
  const options = { keepIntermediate: true }
  const without = (...done: readonly number[]) => diskNeed([plan], options, (_, number) => done.includes(number))
  const [all, rest] = [without(), without(1, 2, 5)]
  const latents = 2 * 16 * 60 * 106 * 26 * 4
  const chunk = Math.ceil((480 * 848 * 101 * 0.3) / 8)
  // A HIGH, a LOW with its video, and the film of one chunk.
  expect([all.here - rest.here, all.server - rest.server]).toEqual([latents + 2 * chunk, latents + 2 * chunk])
  expect(without(1, 2, 3, 4, 5, 6)).toEqual({ here: 0, server: 0 })
})

it.each([
  [0, '0 MB'],
  [1, '1 MB'],
  [999e6, '999 MB'],
  [1.25e9, '1.3 GB'],
])('writes %i bytes as %s', (bytes, text) => {
  expect(capacityText(bytes)).toBe(text)
})
