import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createComfyuiClient } from '../../src/clients/comfyui/comfyui.ts'
import { mswEngine } from '../../src/network/libraries/msw-engine.ts'
import { runSteps } from '../../src/record/run-steps.ts'
import { smokeSteps } from '../../src/record/steps.ts'
import { installed, type Skin, served } from '../skins/skin.ts'

// One expectation for all: what the client sees must not depend on the network under it.
it.each([
  ['the wire engine', () => installed()],
  ['the msw engine', () => installed(mswEngine)],
  ['pr serve', served],
])('shows a client the same smoke run through %s', async (_name, open) => {
  await expect(await smokeLog(open)).toMatchFileSnapshot('expected/smoke.txt')
})

/** What the real client sees of the shipped smoke steps, all but the interrupted one: that one needs a clock that waits. */
async function smokeLog(open: () => Promise<Skin>): Promise<string> {
  await using skin = await open()
  const client = createComfyuiClient({
    url: new URL(skin.origins.comfyui),
    clientId: 'f5b1d9c2-6f0e-4c4c-9d5f-0d4b0f4d3c11',
    ...(skin.webSocket ? { webSocket: skin.webSocket } : {}),
  })
  const steps = (await smokeSteps()).filter((step) => step.kind === 'upload' || step.interruptAt === null)
  const folder = mkdtempSync(join(tmpdir(), 'pr-smoke-'))
  const run = '0b54f6de-3a43-4c1e-9d60-64d1c9a3a3a5'
  try {
    const log = await runSteps(steps, { client, run, folder, signal: new AbortController().signal })
    return log.flatMap(({ step, lines }) => [`# ${step}\n`, ...lines.map((line) => `  ${line}\n`)]).join('')
  } finally {
    await client.close()
  }
}
