import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openLedger } from '../../src/network/safety/ledger.ts'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { tellLeftOut } from '../../src/recording/left-out.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { classSchemas } from '../../src/recording/object-info.ts'
import { factsOfRecording, usesOf } from '../../src/recording/server-facts.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { temporaryFolder } from '../support/rehearse.ts'
import { chosen, seed } from '../support/seeded.ts'

type Json = Record<string, unknown>

const chrome = readFileSync('fixtures/hars/chrome.har', 'utf8')
const entriesOf = (): Json[] => (JSON.parse(chrome) as { log: { entries: Json[] } }).log.entries
const valid = entriesOf().find(({ request }) => String((request as Json)['url']).endsWith('/object_info'))!
const harOf = (entries: readonly unknown[]) => JSON.stringify({ log: { version: '1.2', entries } })

/** What a strange program could have written in the place of any value. */
const strange: readonly unknown[] = [
  null,
  '',
  'x',
  '\u{1f600}',
  'a\0b',
  0,
  -1,
  1.5,
  Number.MAX_VALUE,
  2 ** 53,
  true,
  [],
  {},
  [null],
  [[]],
  { a: null },
  'http://',
  '/relative',
  'data:text/plain,x',
  'http://[::1',
  'http://gpu.test/%E0%A4%A',
  'NaN',
  '2026-99-99',
  '{',
  '[1',
  '../x',
  '/dev/zero',
  999,
]

/** The paths of all values of an entry, JSON within texts not counted. */
function pathsOf(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  return [[...path], ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function mutated(entry: Json, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value
  const copy = structuredClone(entry)
  const parent = path.slice(0, -1).reduce<Json>((at, key) => at[key] as Json, copy)
  parent[path.at(-1)!] = value
  return copy
}

it('loads 500 mutated HARs, and always uses the valid entry of ComfyUI among theirs', async () => {
  const folder = temporaryFolder({})
  const path = join(folder, 'x.har')
  for (let round = 0; round < 500; round += 1) {
    const odd = entriesOf().map((entry, at) => {
      const pick = <T>(from: readonly T[], what: string) =>
        from[Math.floor(chosen(`${round} ${at} ${what}`) * from.length)]!
      // Of this or of another host, before and after the valid one.
      const host = pick(['http://other.test', 'http://127.0.0.1:8188'], 'host')
      const request = entry['request'] as Json
      request['url'] = String(request['url']).replace(/^\w+:\/\/[^/]*/, host)
      return mutated(entry, pick(pathsOf(entry), 'path'), pick(strange, 'value'))
    })
    odd.splice(round % (odd.length + 1), 0, valid)
    writeFileSync(path, harOf(odd))
    const recording = await loadRecording(path)
    const knowledge = comfyuiKnowledge(recording.entries)
    expect(classSchemas(knowledge.objectInfo).has('EmptyImage'), `seed ${seed}, round ${round}`).toBe(true)
    factsOfRecording(knowledge)
    usesOf(recording.entries)
    if (round % 25 > 0) continue
    const { comfyui } = await simulatedServices(path, { clock: virtualClock(0, 0), newId: () => crypto.randomUUID() })
    const ledger = openLedger(String)
    const { http } = ledger.wrap(comfyui)
    const answer = await http(new Request('http://127.0.0.1:8188/object_info'))
    expect(Object.keys((await answer.json()) as object)).toContain('EmptyImage')
    for (const { url, requestHeaders: headers, ...entry } of recording.entries) {
      const method = ['POST', 'HEAD'].includes(entry.method) ? entry.method : 'GET'
      await http(new Request(new URL(url.pathname + url.search, 'http://127.0.0.1:8188'), { method, headers }))
    }
    expect(ledger.unmatched.filter(({ error }) => error !== undefined)).toEqual([])
  }
})

it('leaves out what cannot be used, and says of each why', async () => {
  const odd = (change: (entry: Json) => void) => {
    const entry = structuredClone(valid)
    change(entry)
    return entry
  }
  const path = join(temporaryFolder({}), 'x.har')
  const entries = [
    null,
    odd(({ request }) => Object.assign(request as Json, { url: '' })),
    odd(({ request }) => Object.assign(request as Json, { url: '/object_info' })),
    odd(({ response }) => Object.assign(response as Json, { content: { _file: '../x' } })),
    odd((entry) => Object.assign(entry, { startedDateTime: 'yesterday' })),
    odd(({ response }) => Object.assign(response as Json, { headers: [null, { name: 'x-title', value: 'Vögel 🦆' }] })),
    valid,
  ]
  writeFileSync(path, harOf(entries))
  const { leftOut, entries: used, facts } = await loadRecording(path)
  expect(leftOut).toEqual([
    `${path} has an entry in which all is wrong: Invalid input: expected object, received null (entry 1)`,
    `${path} has an entry whose address is not one of http, https or a socket: "" (entry 2)`,
    `${path} has an entry whose address is not one of http, https or a socket: "/object_info" (entry 3)`,
    `${path} names a body outside its own folder: "../x" (entry 4)`,
  ])
  expect(used).toHaveLength(3)
  expect(facts.recorded).toBe(String(valid['startedDateTime']).slice(0, 10))
  const title = used.map(({ responseHeaders }) => responseHeaders.get('x-title')).find((value) => value !== null)
  expect(Buffer.from(title!, 'latin1').toString()).toBe('Vögel 🦆')
})

it('says how many of how many cannot be used, and why to whoever wants to know', () => {
  const said: string[] = []
  const output = { info: (text: string) => said.push(text), debug: (text: string) => said.push(`debug: ${text}`) }
  tellLeftOut({ name: 'otter', entries: [], leftOut: [] }, output)
  tellLeftOut({ name: 'otter', entries: [], leftOut: ['it is cut (entry 1)'] }, output)
  expect(said).toEqual([
    'otter: 1 of 1 entries cannot be used and are left out (--log-level DEBUG says why).',
    'debug: it is cut (entry 1)',
  ])
})

it('takes no later empty answer for what a server knows', async () => {
  const empty = ['', '{}', '{"EmptyImage": {"in', 'null'].map((text) => {
    const entry = structuredClone(valid)
    Object.assign(entry['response'] as Json, { content: { text } })
    return entry
  })
  const path = join(temporaryFolder({}), 'x.har')
  writeFileSync(path, harOf([valid, ...empty]))
  expect(comfyuiKnowledge((await loadRecording(path)).entries).nodeClasses.has('EmptyImage')).toBe(true)
})

it.each(['/comfy', '/a/b/api'])('learns from a server below %s', async (base) => {
  const entries = entriesOf()
  for (const { request } of entries) {
    const asked = request as Json
    asked['url'] = String(asked['url']).replace(/^(\w+:\/\/[^/]*)/, `$1${base}`)
  }
  const path = join(temporaryFolder({}), 'x.har')
  writeFileSync(path, harOf(entries))
  const { version, device, classes } = comfyuiKnowledge((await loadRecording(path)).entries)
  expect([version, device, [...classes.keys()]]).toEqual(['0.3.64', 'cpu', ['EmptyImage', 'PreviewImage']])
})

it('loads HARs that are packed, as Playwright and gzip do it', async () => {
  const text = readFileSync('fixtures/hars/playwright/network.har')
  const folder = temporaryFolder({ 'x.har': chrome })
  writeFileSync(join(folder, 'x.har.gz'), gzipSync(chrome))
  // Packed beside the same unpacked it is there once.
  expect((await loadRecording(folder)).hars).toHaveLength(1)
  // Without the picture that stands in its address.
  expect((await loadRecording(join(folder, 'x.har.gz'))).entries).toHaveLength(entriesOf().length - 1)

  const names = [...new Set([...text.toString().matchAll(/"_file": ?"([^"]+)"/g)].map(([, name]) => name!))]
  const files = names.map((name) => [name, readFileSync(join('fixtures/hars/playwright', name))] as const)
  mkdirSync(join(folder, 'packed'))
  writeFileSync(join(folder, 'packed', 'y.har.zip'), zipOf([['har.har', text], ...files]))
  const [unpacked, packed] = await Promise.all([
    loadRecording('fixtures/hars/playwright/network.har'),
    loadRecording(join(folder, 'packed')),
  ])
  const bodies = ({ entries }: typeof packed) =>
    entries.map(({ responseBody, frames }) => [responseBody(), Array.from(frames ?? [], ({ data }) => data())])
  expect(bodies(packed)).toEqual(bodies(unpacked))
  for (const [name, bytes] of [
    ['cut.har.gz', gzipSync(chrome).subarray(0, 200)],
    ['cut.har.zip', zipOf([['har.har', text]]).subarray(0, 200)],
  ] as const) {
    writeFileSync(join(folder, name), bytes)
    await expect(loadRecording(join(folder, name))).rejects.toMatchObject({ code: 'PR_RECORDING' })
  }
})

it('opens no pipe, no device and no link in the place of a body', async () => {
  const folder = temporaryFolder({ 'secret.txt': 'secret', 'in/plain.txt': 'plain' })
  const home = join(folder, 'in')
  execFileSync('mkfifo', [join(home, 'pipe')])
  symlinkSync('/dev/zero', join(home, 'device'))
  symlinkSync('../secret.txt', join(home, 'link'))
  symlinkSync('..', join(home, 'up'))
  const entries = ['pipe', 'device', 'link', 'up/secret.txt', '.', 'plain.txt'].map((_file) => {
    const entry = structuredClone(valid)
    Object.assign(entry['response'] as Json, { content: { _file } })
    return entry
  })
  writeFileSync(join(home, 'x.har'), harOf(entries))
  const { leftOut, entries: used } = await loadRecording(home)
  expect(leftOut.map((line) => line.replace(/^\S+ names a body /, '').replace(/ \(.*/, ''))).toEqual([
    'that is no plain file, but a pipe, a socket or a device: pipe',
    'that is no plain file, but a link: device',
    'that is no plain file, but a link: link',
    'outside its own folder: "up/secret.txt", behind a link',
    'that is no plain file, but a folder: .',
  ])
  expect(used.map(({ responseBody }) => Buffer.from(responseBody()).toString())).toEqual(['plain'])
})

/** An archive as other programs write it. */
function zipOf(files: ReadonlyArray<readonly [name: string, bytes: Buffer]>): Buffer {
  const heads: Buffer[] = []
  const list: Buffer[] = []
  let at = 0
  for (const [name, bytes] of files) {
    const packed = deflateRawSync(bytes)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(bytes.length, 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    const head = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed])
    heads.push(head)
    list.push(Buffer.from('PK\x01\x02\x14\0'), shared, place, Buffer.from(name))
    at += head.length
  }
  const listed = Buffer.concat(list)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...heads, listed, Buffer.from('PK\x05\x06'), end])
}
