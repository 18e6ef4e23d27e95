import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Har } from '../../src/recording/har.ts'
import { harText } from '../../src/recording/har.ts'
import { loadRecording, shippedRecordings } from '../../src/recording/load-recording.ts'
import { createRedactor } from '../../src/recording/redact.ts'
import { har12 } from '../network/har-12-schema.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const shipped = await shippedRecordings()

it('loads the shipped recording by its name', async () => {
  const recording = await loadRecording('wan22-two-chunks')
  expect(recording.facts).toEqual({
    name: 'wan22-two-chunks',
    recorded: '2026-11-23',
    source:
      'recorded from a running ComfyUI 0.3.64 with native nodes and ComfyUI-GGUF; only the weights were stand-ins, so pictures are noise',
    server: 'ComfyUI 0.3.64',
    device: 'cpu',
  })
  const prompts = recording.entries.filter(({ method, url }) => method === 'POST' && url.pathname === '/prompt')
  expect(prompts.map(({ comment }) => comment)).toEqual(['HIGH1', 'LOW1', 'HIGH2', 'LOW2', 'COMBINE1', 'COMBINE2'])
  const objectInfo = recording.entries.find(({ url }) => url.pathname === '/object_info')
  expect(objectInfo?.responseBody()).toHaveLength(476_745)
  expect(recording.entries.find(({ frames }) => frames !== null)?.frames).toHaveLength(220)
})

it('loads one HAR file, and a folder, the same way', async () => {
  const byName = await loadRecording('wan22-two-chunks')
  for (const path of ['recordings/wan22-two-chunks', 'recordings/wan22-two-chunks/comfyui.har']) {
    const { entries, facts } = await loadRecording(path)
    expect([entries.length, facts]).toEqual([byName.entries.length, byName.facts])
  }
})

it('names the recordings that exist when there is none of that name', async () => {
  await expect(loadRecording('wan23')).rejects.toMatchObject({
    code: 'PR_RECORDING',
    message: 'there is no recording named "wan23"',
    hint: `these exist: comfyui-smoke, wan22-two-chunks; a folder with *.har files or one HAR file also works`,
  })
})

it('takes the current folder, and names those of it too', async () => {
  const before = process.cwd()
  onTestFinished(() => process.chdir(before))
  const begun = 'recordings/otter.unfinished-20261123_120000/comfyui.har'
  const hars = { 'recordings/mine/comfyui.har': '{}', [begun]: '{}', 'x.har': '{"log":{"entries":[]}}' }
  process.chdir(temporaryFolder(hars))
  expect((await loadRecording('.')).hars.map(({ path }) => path)).toEqual(['x.har'])
  await expect(loadRecording('wan23')).rejects.toMatchObject({
    hint: `these exist: mine, comfyui-smoke, wan22-two-chunks; a folder with *.har files or one HAR file also works`,
  })
})

it('names every HAR of a folder that cannot be read, in the order of the files', async () => {
  const folder = temporaryFolder({
    'a.har': `${' '.repeat(300_000)}{`,
    'b.har': '{"log":{"entries":[]}}',
    'c.har': '{"log":[]}',
    'd.har': '[]',
  })
  await expect(loadRecording(folder)).rejects.toMatchObject({
    code: 'PR_RECORDING',
    message: [
      `${folder}/a.har is not JSON, so it cannot be a HAR`,
      `${folder}/c.har is not a HAR: log: Invalid input: expected object, received array`,
      `${folder}/d.har is not a HAR: the top level: Invalid input: expected object, received array`,
    ].join('; '),
  })
})

it.each(shipped)('%s is HAR 1.2 in canonical text, says where it is from, and holds no secret', async (name) => {
  const folder = join('recordings', name)
  const { facts, hars } = await loadRecording(name)
  expect(facts).toMatchObject({
    recorded: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    source: expect.stringMatching(/\w/),
  })
  for (const { path } of hars) {
    const text = readFileSync(path, 'utf8')
    expect(har12.safeParse(JSON.parse(text)).error).toBeUndefined()
    expect(text).toBe(harText(JSON.parse(text) as Har))
    expect(createRedactor().text(text)).toBe(text)
  }
  const bodies = readdirSync(folder).includes('bodies') ? readdirSync(join(folder, 'bodies')) : []
  for (const file of bodies) {
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, 'bodies', file)))
        .digest('hex'),
    ).toBe(file.split('.')[0])
  }
  const named = hars.flatMap(({ path }) =>
    [...readFileSync(path, 'utf8').matchAll(/"_file": "bodies\/([^"]+)"/g)].map(([, file]) => file),
  )
  expect([...new Set(named)].toSorted()).toEqual(bodies.toSorted())
})
