import { expect, it } from 'vitest'
import { actionForms } from '../../../src/network/faults/grammar/actions.ts'
import { anchorForms, anchorMeanings } from '../../../src/network/faults/grammar/anchors.ts'
import { applies } from '../../../src/network/faults/grammar/applies.ts'
import { type Fault, faultSchema } from '../../../src/network/faults/grammar/fault.ts'
import type { Form } from '../../../src/network/faults/grammar/form.ts'
import { parseFault } from '../../../src/network/faults/grammar/parse-fault.ts'
import { printFault } from '../../../src/network/faults/grammar/print-fault.ts'
import { type Slot, slots } from '../../../src/network/faults/grammar/slots.ts'
import { failure } from '../../support/failure.ts'
import { fc } from '../../support/seeded.ts'

/** Stands for a request that the action can be done at. */
const ONLY = { kind: 'request' } as const

const EXAMPLE = "an example is 'POST /prompt of job 3: status 524'; pr --fault help lists both"

const anchors = [
  'POST /prompt of job 3',
  'GET /history of job 3',
  'step 2 of 4 of job 4',
  'after execution_cached of job 2',
  'chunk 2 of upload 1',
  'pod stop',
  'GET /view of job 2',
  'upload of reference of chunk 2',
  'socket open 2',
  'ffmpeg of chunk 2',
  'event job-finished of job 2',
]

it.each(anchors)('reads an anchor as people say it: %s', (anchor) => {
  expect(faultSchema.safeParse(parseFault(`${anchor}: kill`)).success).toBe(true)
})

it.each([
  ['POST /prompt of job 3: status 524', 'POST /prompt of job 3: status 524'],
  ['  2nd   after POST /prompt:   reset ,  times 3', 'after 2nd POST /prompt: reset, times 3'],
  ['before socket open 2: status 403', '2nd socket open: status 403'],
  ['after GET /view of job 2: truncate after 1.5k', 'GET /view of job 2: truncate after 1536 B'],
  ['GET /queue: latency 1500, always', 'GET /queue: delay 1500 ms, always'],
  ['GET /queue: bandwidth 2', 'GET /queue: slow 2 KiB per second'],
  ['GET /queue: timeout 0', 'GET /queue: hang'],
  ['GET /queue: EMPTY_RESPONSE', 'GET /queue: no answer'],
  ['GET /queue: CONNECTION_RESET_BY_PEER', 'GET /queue: reset'],
  ['GET /queue: MALFORMED_RESPONSE_CHUNK', 'GET /queue: malformed chunk'],
  ['GET /queue: RANDOM_DATA_THEN_CLOSE', 'GET /queue: random data'],
  ['GET /queue: slicer 64 10', 'GET /queue: slice 64 B every 10 ms'],
  ['GET /queue: limit_data 64', 'GET /queue: truncate after 64 B'],
  ['GET /queue: slow_close 2s', 'GET /queue: slow close 2 s'],
  ['GET /queue: reset_peer', 'GET /queue: reset'],
  ['GET /queue: down', 'GET /queue: refuse all connections'],
  ['storage.objects.insert: return-503-after-256K', 'storage.objects.insert: status 503 as json after 256 KiB sent'],
  ['storage.objects.get: return-broken-stream', 'storage.objects.get: truncate'],
  ['storage.objects.insert: return-reset-connection', 'storage.objects.insert: reset'],
  ['storage.objects.insert: stall-for-5s-after-8192K', 'storage.objects.insert: hang for 5 s after 8 MiB sent'],
  [
    'node "VAE Decode" of job 2: raise RuntimeError "no, not: this"',
    'node "VAE Decode" of job 2: raise RuntimeError "no, not: this"',
  ],
  [
    'GET /object_info/a:b: field *.status.messages = [["x",  {"a": 1}]]',
    'GET /object_info/a:b: field *.status.messages = [["x",{"a":1}]]',
  ],
])('prints %s as %s', (spec, canonical) => {
  expect(printFault(parseFault(spec))).toBe(canonical)
  expect(parseFault(canonical)).toEqual(parseFault(spec))
})

it.each([
  ['POST /prompt of jib 3: status 524', 'behind "POST /prompt of" comes "job", and not "jib"', 'did you mean "job"?'],
  ['PSOT /prompt: status 524', 'no anchor begins with "PSOT"', 'did you mean "POST"?'],
  ['step of job 3: kill', 'behind "step" comes N, and not "of"', EXAMPLE],
  ['execution_strated of job 3: drop', 'no anchor begins with "execution_strated"', 'did you mean "execution_start"?'],
  ['chunk 2 of upload: reset', 'behind "chunk 2 of upload" comes N, and not the end', EXAMPLE],
  ['POST /prompt of job 3: stats 524', 'no action begins with "stats"', 'did you mean "status"?'],
  ['POST /prompt of job 3: status 5240', 'behind "status" comes N, and not "5240"', EXAMPLE],
  ['GET /queue: kill kill', 'behind "kill" comes "with", and not "kill"', EXAMPLE],
  ['GET /queue: drop it', '"it" is too much behind "drop"', EXAMPLE],
  [
    'step 2 of job 4: restart witout files',
    'behind "restart" comes "with", "without", "refusing", and not "witout"',
    'did you mean "without"?',
  ],
  [
    'pod stop: drop',
    '"drop" cannot be done at "pod stop"',
    'it can be done at: MESSAGE [of job N], step N [of N] [of job N], node NODE [of job N], end [of job N]',
  ],
  [
    'GET /history of job 3: node errors',
    '"node errors" cannot be done at "GET /history of job 3"',
    'it can be done at: POST /prompt',
  ],
  ...['POST /prompt of job 3', 'POST /prompt of job 3:', ': kill', ''].map((spec) => [
    spec,
    'it says not both where and what',
    "write 'ANCHOR: ACTION', as in 'POST /prompt of job 3: status 524'; pr --fault help lists both",
  ]),
])('says what is wrong with %s', async (spec, what, hint) => {
  const message = `the fault '${spec}' cannot be read: ${what}`
  expect(await failure(() => parseFault(spec))).toEqual({ code: 'PR_USAGE', message, hint })
})

it('prints every fault as it reads it', () => {
  const check = fc.property(faults, (fault) => {
    expect(faultSchema.parse(fault)).toEqual(fault)
    expect(parseFault(printFault(fault))).toEqual(fault)
  })
  fc.assert(check, { numRuns: 1_000 })
})

it('says of every action what it means, and of every anchor', () => {
  expect(Object.keys(applies).toSorted()).toEqual(actionForms.map(({ kind }) => kind).toSorted())
  expect(Object.keys(anchorMeanings).toSorted()).toEqual(anchorForms.map(({ kind }) => kind).toSorted())
})

/** What a slot may hold. */
function valuesOf(name: keyof typeof slots): fc.Arbitrary<unknown> {
  const { legal, schema }: Slot<unknown> = slots[name]
  if (legal) return fc.constantFrom(...legal)
  if (name === 'json') return fc.json().map((text) => JSON.parse(text))
  if (schema.safeParse(' ').success) return fc.string({ unit: 'binary' })
  return fc.constantFrom(...typical.filter((value) => schema.safeParse(value).success))
}

const typical = [
  ...[0, 1, 2, 3, 64, 200, 429, 599, 1000, 1006, 1024, 1536, 59_999, 60_000, 3_600_000, 1_000_000],
  ...['all', '/history', '/view?a=b:c', '*.status.messages', 'x-y', 'torch.OutOfMemoryError', 'https://a.b/c'],
]

/** What a form can say. */
function saying<Kind extends string>({ kind, form }: { kind: Kind; form: Form }): fc.Arbitrary<{ kind: Kind }> {
  const values = Object.entries(form.schema.shape).map(([name, schema]) => {
    const legal = valuesOf(name as keyof typeof slots)
    return [name, name !== 'json' && schema.safeParse(null).success ? fc.option(legal) : legal] as const
  })
  return fc.record({ ...Object.fromEntries(values), kind: fc.constant(kind) })
}

const fitting = actionForms.flatMap((action) =>
  anchorForms.filter(({ kind }) => applies[action.kind].at.includes(kind)).map((anchor) => ({ action, anchor })),
)

const faults = fc.constantFrom(...fitting).chain(({ action, anchor }) =>
  fc
    .record({
      nth: fc.integer({ min: 1, max: 1_000 }),
      after: applies[action.kind].changes ? fc.constant(false) : fc.boolean(),
      at: applies[action.kind].only && anchor.kind === 'request' ? fc.constant(ONLY) : saying(anchor),
      do: saying(action),
      times: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constant('always')),
    })
    .map((fault) => {
      const { only } = applies[action.kind]
      const [method, path] = only?.[0]?.split(' ') ?? []
      return (fault.at === ONLY ? { ...fault, at: { kind: 'request', method, path, job: 2 } } : fault) as Fault
    }),
)
