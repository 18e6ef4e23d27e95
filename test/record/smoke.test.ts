import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { mswEngine } from '../../src/network/libraries/msw-engine.ts'
import { serveNetwork } from '../../src/network/wire/serve.ts'
import { wireEngine } from '../../src/network/wire/wire.ts'
import { smokeSteps } from '../../src/record/steps.ts'
import { newFolder } from '../cli/run-pr.ts'
import { recordedServices, replaySteps, stepsAt } from './replay-steps.ts'

const live = JSON.parse(readFileSync(new URL('../../fixtures/smoke/live-event-log.json', import.meta.url), 'utf8'))
const recording = 'comfyui-smoke'

async function replay() {
  return { steps: await smokeSteps(), folder: newFolder(), signal: new AbortController().signal }
}

it.each([
  ['wire', wireEngine],
  ['msw', mswEngine],
])('shows a client on engine %s what the live server showed it', async (_, engine) => {
  expect(await replaySteps({ ...(await replay()), recording, engine })).toEqual(live)
})

it('shows a client of pr serve what the live server showed it', async () => {
  const { all } = await recordedServices(recording)
  await using served = await serveNetwork({ services: all, port: 0 })
  expect(await stepsAt(served.addresses.comfyui!, await replay())).toEqual(live)
})
