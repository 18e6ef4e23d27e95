import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { type GcsCall, gcsCalls, gcsUploads } from '../../src/simulators/gcs/gcs-calls.ts'
import { signedMethods } from '../../src/simulators/gcs/signed-request.ts'
import { inWords, runpodCalls } from '../../src/simulators/runpod/runpod-calls.ts'

const page = readFileSync(new URL('../../src/help/servers.md', import.meta.url), 'utf8').split('\n')

function gcsInWords([name, { parameters }]: [string, GcsCall]): string {
  return `\`${name}\`${parameters.length > 0 ? ` (${[...new Set(parameters)].join(', ')})` : ''}`
}

it('says in the help which calls to RunPod are simulated', () => {
  const calls = Object.values(runpodCalls).map((call) => `\`${inWords(call)}\``)
  expect(page).toContain(`| RunPod, REST v2 | ${calls.join(', ')} |`)
})

it('says in the help which calls to Cloud Storage are simulated', () => {
  const uploads = Object.entries(gcsUploads).filter(([name]) => name === 'objects.insert')
  const calls = [...uploads, ...Object.entries(gcsCalls)].map(gcsInWords)
  const signed = `signed URLs of objects: ${signedMethods.join(', ')}`
  expect(page).toContain(
    `| Cloud Storage, JSON API v1 | ${calls.join(' · ')} · upload sessions: send, ask, cancel · ${signed} |`,
  )
})
