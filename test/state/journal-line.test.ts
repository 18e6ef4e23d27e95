import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { JobResult, RunEvent, StoredObject } from '../../src/domain/run-event.ts'
import { eventOf, LINE_CHECK, lineOf } from '../../src/state/journal-line.ts'
import { unchecked } from '../support/journals.ts'
import { planOf } from '../support/plans.ts'
import { onServer, resultOf } from '../support/results.ts'

const plan = planOf('otter')
const finished = (workflow: number, result: JobResult): RunEvent => ({
  kind: 'job-finished',
  at: 0,
  video: 'otter',
  workflow,
  result,
})
const file = (filename: string) => ({ filename, subfolder: '', type: 'output' })

it.each<[string, RunEvent]>([
  ['a start', { kind: 'video-started', at: 0, video: 'otter', plan, skipped: [1] }],
  ['HIGH', finished(1, resultOf(plan, 1))],
  ['LOW', finished(2, resultOf(plan, 2))],
  [
    'LOW with a latent',
    finished(2, {
      kind: 'low',
      promptId: 'p',
      tookMs: 1,
      video: { server: onServer('v.mp4'), copy: '/v.mp4', digest: { bytes: 3, crc32c: 'yZRlqg==' } },
      latent: { server: onServer('l.latent'), copy: '/l.latent' },
    }),
  ],
  ['a combine job', finished(5, resultOf(plan, 5))],
  ['anything else', { kind: 'warning', at: 0, video: null, message: 'no' }],
])('reads %s back as it was', (_, event) => {
  expect(eventOf(lineOf(event))).toEqual(event)
})

const most = Number.MAX_SAFE_INTEGER
const object = (more: object) => ({ ...stored, ...more })
const stored = { bucket: 'films', name: 'otter.mp4', size: 1, crc32c: 'AAAAAA==', md5: null, generation: '1' }
const longest = { bucket: `${'b'.repeat(63)}.`.repeat(3) + 'b'.repeat(30), name: 'n'.repeat(1024), size: most }

it.each<[string, RunEvent]>([
  [
    'a film of more than a gigabyte',
    { kind: 'film-downloaded', at: 0, video: 'otter', file: '/f', bytes: most, crc32c: 'AAAAAA==', frames: 1_000_000 },
  ],
  [
    'the largest object of the longest name in the bucket of the longest name',
    { kind: 'upload-finished', at: 0, video: 'otter', role: 'film', object: object(longest) as StoredObject },
  ],
  ['a job during which the clock was set back', finished(1, resultOf(plan, 1, 'p1', -3_600_000))],
  [
    'the last job of the longest film in the shortest chunks',
    {
      kind: 'job-started',
      at: 0,
      video: 'otter',
      workflow: 3_000_000,
      promptId: 'p',
      attempt: 1,
      graph: '0'.repeat(64),
    },
  ],
  ['a job of the longest video name', { ...finished(1, resultOf(plan, 1)), video: 'ö'.repeat(60) } as RunEvent],
])('reads back what is as large as it may be: %s', (_, event) => {
  expect(eventOf(lineOf(event))).toEqual(event)
})

it('writes results by role: what is on the server, and what is here', () => {
  const { [LINE_CHECK]: check, ...written } = JSON.parse(lineOf(finished(2, resultOf(plan, 2))))
  expect(check).toMatch(/^[0-9a-f]{8}$/)
  expect(written).toEqual({
    kind: 'job-finished',
    at: 0,
    video: 'otter',
    workflow: 2,
    result: { promptId: 'p2', outputs: { video: file('2.mp4') }, files: { video: '/nowhere/2.mp4' }, tookMs: 1 },
  })
})

it.each(['otter/run/state/clear-wren', 'vhs/run/state/silver-vale'])('writes what it reads: %s', (name) => {
  const lines = readFileSync(`fixtures/golden/${name}.jsonl`, 'utf8').trim().split('\n')
  const written = lines.map(eventOf).map((event) => unchecked(`${lineOf(event)}\n`).trim())
  expect(written).toEqual(lines)
})

it('reads a line of an earlier version, which has no checksum', () => {
  const event = finished(2, resultOf(plan, 2))
  const { [LINE_CHECK]: _, ...old } = JSON.parse(lineOf(event))
  expect(eventOf(JSON.stringify(old))).toEqual(event)
})

it('takes no line for its own in which one letter is another', () => {
  const line = lineOf({ ...where, kind: 'job-started', promptId: 'p', attempt: 1, graph: '0'.repeat(64) })
  const digits = Array.from(line, (letter, index) => (/[0-9a-f]/.test(letter) ? index : -1)).filter((at) => at >= 0)
  const changed = digits.map((at) => line.slice(0, at) + (line[at] === '7' ? '8' : '7') + line.slice(at + 1))
  // A name of a member that is changed may leave the line without a checksum, and then with all else that it said.
  const read = changed.filter((one) => !one.includes(`"${LINE_CHECK}"`)).length
  expect(changed.flatMap(readable)).toHaveLength(read)
})

const where = { at: 0, video: 'otter', workflow: 1 } as const

function readable(line: string): RunEvent[] {
  try {
    return [eventOf(line)]
  } catch {
    return []
  }
}

it.each([
  ['a chunk without LOW', { kind: 'video-started', plan: { renderJobs: [{ kind: 'high' }] } }],
  ['a plan without jobs', { kind: 'video-started', plan: {} }],
  ['a video that was not fetched', { kind: 'job-finished', result: { outputs: { video: file('v') }, files: {} } }],
  ['a job that left nothing', { kind: 'job-finished', result: { outputs: {}, files: {} } }],
])('takes %s for no event', (_, event) => {
  expect(() => eventOf(JSON.stringify(event))).toThrow()
})

it('leaves nothing in a line that a terminal would obey', () => {
  const message = 'now \x1b[31mred\u009b2J and \u202eback\u2066'
  const event = { kind: 'warning', at: 1, video: null, message } as const
  const line = lineOf(event)
  expect(line).toMatch(/^[\x20-\x7e]+$/)
  expect(eventOf(line)).toEqual(event)
})
