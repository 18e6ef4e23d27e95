import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { replaySteps } from '../../src/cli/record/replay-steps.ts'
import { smokeSteps } from '../../src/cli/record/steps.ts'
import { newFolder } from './run-pr.ts'

const live = JSON.parse(readFileSync(new URL('../../fixtures/smoke/live-event-log.json', import.meta.url), 'utf8'))

it('shows a client on the wire what the live server showed it', async () => {
  const steps = await smokeSteps()
  const { signal } = new AbortController()
  const replayed = await replaySteps({ recording: 'comfyui-smoke', steps, folder: newFolder(), signal })
  expect(replayed).toEqual(live)
}, 30_000)
