import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { StorageClient } from '../../src/clients/clients.ts'
import { crc32c, crc32cBase64 } from '../../src/domain/crc32c.ts'
import type { StoredObject } from '../../src/domain/run-event.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import { digestOf } from '../../src/orchestrator/file-digest.ts'
import { openShare, sharedLength } from '../../src/orchestrator/share.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const first = '{"kind":"run-started"}\n'
const elsewhere = (what: string) => ({
  code: 'PR_STATE',
  message: `another machine goes on with this run: gs://films/june/runs/calm-otter ${what}`,
  hint: 'Let it go on there, or take it back: --resume gs://films/june/runs/calm-otter, into another output directory.',
})

/** A run that is shared, in a bucket that can be out of order. */
function shared(objects: Record<string, string> = {}) {
  const folder = temporaryFolder({ journal: first, 'chunk.mp4': 'a video' })
  const journal = join(folder, 'journal')
  const warnings: string[] = []
  const world = { isBroken: false, objects: new Map(Object.entries(objects)) }
  const answer = <T>(value: T): T => {
    if (world.isBroken) throw new PromptRunnerError('PR_UPLOAD', 'the bucket does not answer')
    return value
  }
  const storage = {
    bucket: 'films',
    prefix: 'june',
    stat: async (name) => answer(world.objects.has(name) ? objectOf(name, world.objects.get(name)!) : null),
    claim: async ({ path, object }) => {
      const content = readFileSync(path, 'utf8')
      const there = answer(world.objects.get(object))
      if (there !== undefined && there !== content) return null
      world.objects.set(object, content)
      return objectOf(object, content)
    },
    upload: async ({ path, object }) => {
      world.objects.set(object, answer(readFileSync(path, 'utf8')))
      return objectOf(object, '')
    },
  } satisfies Partial<StorageClient> as unknown as StorageClient
  const signal = new AbortController().signal
  const options = {
    storage,
    runName: 'calm-otter',
    journal,
    claimed: 1,
    sent: 0,
    warn: (text: string) => void warnings.push(text),
    signal,
  }
  return { ...world, world, storage, journal, folder, warnings, share: openShare(options) }
}

function objectOf(name: string, content: string): StoredObject {
  const bytes = Buffer.from(content)
  return { bucket: 'films', name, size: bytes.length, crc32c: crc32cBase64(crc32c(bytes)), md5: null, generation: '1' }
}

const segment = (from: number) => `june/runs/calm-otter/journal/${String(from).padStart(12, '0')}.jsonl`

it('sends files under what they are, and the journal in pieces', async () => {
  const { share, folder, journal, objects } = shared()
  await share.send([])
  appendFileSync(journal, 'more\n')
  const path = join(folder, 'chunk.mp4')
  await share.send([{ path, digest: await digestOf(path) }])
  await share.send([])
  expect(Object.fromEntries(objects)).toEqual({
    [segment(0)]: first,
    'june/runs/calm-otter/files/2f852523_chunk.mp4': 'a video',
    [segment(first.length)]: 'more\n',
  })
})

it('sends later what could not be sent, and the journal never before the file that it names', async () => {
  const { share, world, folder, journal, objects, warnings } = shared()
  const path = join(folder, 'chunk.mp4')
  world.isBroken = true
  await share.send([{ path, digest: await digestOf(path) }])
  expect(warnings).toEqual(['What another machine needs is sent later: the bucket does not answer'])
  appendFileSync(journal, 'more\n')
  world.isBroken = false
  await share.send([])
  expect([...objects.keys()].map((name) => name.split('/').at(-1))).toEqual([
    '2f852523_chunk.mp4',
    '000000000000.jsonl',
  ])
  expect(objects.get(segment(0))).toBe(`${first}more\n`)
})

it('finds its own piece whose answer was lost', async () => {
  const { share, journal, objects } = shared({ [segment(0)]: first })
  appendFileSync(journal, 'more\n')
  await share.send([])
  expect(objects.get(segment(first.length))).toBe('more\n')
})

it('stops at the journal of another machine, and at its claim', async () => {
  const { share, objects, world, warnings } = shared({ [segment(0)]: '{"kind":"other"}\n' })
  expect(await failure(() => share.send([]))).toEqual(elsewhere('has another journal'))
  await share.check()
  world.isBroken = true
  await share.check()
  expect(warnings).toEqual(['Whether another machine goes on with this run is not known: the bucket does not answer'])
  world.isBroken = false
  objects.set('june/runs/calm-otter/claim_002.json', '{}')
  expect(await failure(() => share.check())).toEqual(elsewhere('has a later claim'))
})

it('does not send a file that is another one by now', async () => {
  const { share, folder, objects, warnings } = shared()
  const path = join(folder, 'chunk.mp4')
  const digest = await digestOf(path)
  writeFileSync(path, 'damaged')
  await share.send([{ path, digest }])
  expect([...objects.keys()]).toEqual([segment(0)])
  expect(warnings).toEqual([`${path} is not as it was when it came: the bucket does not have it`])
})

it.each<[string, Record<string, string>, number | string]>([
  ['none of it', {}, 0],
  ['a part', { [segment(0)]: first.slice(0, 5) }, 5],
  ['all of it in two pieces', { [segment(0)]: first.slice(0, 5), [segment(5)]: first.slice(5) }, first.length],
  ['more', { [segment(0)]: `${first}more\n` }, 'has another journal'],
  ['another one', { [segment(0)]: 'other' }, 'has another journal'],
  ['a piece behind a gap', { [segment(0)]: first.slice(0, 5), [segment(7)]: 'x' }, 'has another journal'],
])('knows how much of the journal the bucket has: %s', async (_, objects, length) => {
  const { storage, journal } = shared()
  const segments = Object.entries(objects).map(([name, content]) => objectOf(name, content))
  const look = () => sharedLength(storage, { runName: 'calm-otter', journal }, segments)
  if (typeof length === 'number') expect(await look()).toBe(length)
  else expect(await failure(look)).toEqual(elsewhere(length))
})
