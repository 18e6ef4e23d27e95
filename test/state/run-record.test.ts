import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { promptId } from '../../src/domain/ids.ts'
import { jobsOf } from '../../src/domain/plan.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { lineOf } from '../../src/state/journal-line.ts'
import { tryLockRun } from '../../src/state/run-lock.ts'
import { type RunRecord, recordOf } from '../../src/state/run-record.ts'
import { temporaryFolder } from '../support/folders.ts'
import { planOf } from '../support/plans.ts'
import { resultOf } from '../support/results.ts'

const plan = planOf('otter')
const planned = jobsOf(plan).length
const runId = 'c5c7e2a4-3d5c-5e0f-9c7b-0f5a3d2b1c00'
const sent = promptId(runId, jobsOf(plan)[0]!.jobId, 1)

let journal: string
beforeEach(() => {
  journal = join(temporaryFolder(), 'state/calm-otter.jsonl')
})

const named = { at: 5, runId, runName: 'calm-otter', dryRun: false, videos: ['otter', 'wren'] }
const started: RunEvent = { kind: 'run-started', ...named, jobs: 40, options: ['otter.yaml', '--shutdown'] }
const begun: RunEvent = { kind: 'video-started', at: 6, video: 'otter', plan, skipped: [] }
const made: RunEvent = { kind: 'job-finished', at: 7, video: 'otter', workflow: 1, result: resultOf(plan, 1, sent) }
const ended = (at: number, more: { ok: boolean; cancelled?: true }): RunEvent => ({ kind: 'run-finished', at, ...more })

/** What is told of a run with these events, or with these lines. */
function told(...events: readonly (RunEvent | string)[]): RunRecord {
  if (!existsSync(dirname(journal))) mkdirSync(dirname(journal))
  writeFileSync(journal, events.map((event) => `${typeof event === 'string' ? event : lineOf(event)}\n`).join(''))
  return recordOf(journal)
}

it('tells what a run has made, of which videos, when, and how it was begun', () => {
  const film = join(dirname(dirname(journal)), 'final/otter.mp4')
  const placed: RunEvent = {
    kind: 'film-downloaded',
    at: 8,
    video: 'otter',
    file: film,
    bytes: 1,
    crc32c: 'c',
    frames: 9,
  }
  expect(told(started, begun, made, placed)).toEqual({
    runName: 'calm-otter',
    journal,
    estimate: null,
    dryRun: false,
    condition: 'unfinished',
    holder: null,
    startedAt: 5,
    lastAt: 8,
    videos: [
      { name: 'otter', status: 'running', film },
      { name: 'wren', status: 'planned', film: null },
    ],
    jobs: { done: 1, planned: 40 },
    cost: null,
    options: ['otter.yaml', '--shutdown'],
    problem: null,
  })
})

it('counts the jobs of the plans, and knows no options, when an earlier version wrote the journal', () => {
  expect(told({ kind: 'run-started', ...named }, begun)).toMatchObject({ jobs: { done: 0, planned }, options: null })
})

it.each<[RunRecord['condition'], readonly RunEvent[]]>([
  ['done', [ended(8, { ok: true })]],
  ['cancelled', [ended(8, { ok: false, cancelled: true })]],
  ['failed', [ended(8, { ok: false })]],
  ['unfinished', [ended(8, { ok: false }), { ...started, at: 9 }]],
])('says of a run that it is %s', (condition, events) => {
  expect(told(started, ...events).condition).toBe(condition)
})

it('says that a run is in progress, and who has it', () => {
  mkdirSync(dirname(journal))
  using _lock = tryLockRun(dirname(journal), 'calm-otter', 0)
  expect(told(started, ended(8, { ok: true }))).toMatchObject({
    condition: 'running',
    holder: { pid: process.pid, since: '1970-01-01T00:00:00.000Z' },
  })
})

it('says that a run is in progress whose lock nobody can read', () => {
  mkdirSync(dirname(journal))
  writeFileSync(journal.replace('.jsonl', '.lock'), '{')
  expect(told(started)).toMatchObject({ condition: 'running', holder: null })
})

it('tells of a damaged journal what stands before the damage', () => {
  expect(told({ ...started, dryRun: true }, begun, 'null', made)).toEqual({
    runName: 'calm-otter',
    journal,
    estimate: null,
    dryRun: true,
    condition: 'damaged',
    holder: null,
    startedAt: 5,
    lastAt: 6,
    videos: [],
    jobs: { done: 0, planned: 0 },
    cost: null,
    options: ['otter.yaml', '--shutdown'],
    problem: expect.objectContaining({
      code: 'PR_STATE',
      message: `Reading the state of an earlier run failed: ${journal}:3 is no event of this run`,
    }),
  })
})

it('keeps what its last start was estimated to take, and took, and passes over an estimate that is none', () => {
  const span = { low: 90, mid: 100, high: 120 }
  const facts = { phases: {}, gpu: 'RTX 4090', from: 'profile', reason: 'RTX 4090' }
  const estimate = (mid: unknown): RunEvent =>
    ({ kind: 'estimate', at: 6, seconds: { ...span, mid }, ...facts }) as RunEvent
  const of = (...events: RunEvent[]) => told(started, ...events).estimate
  expect(of(estimate(100), begun, estimate(110), ended(130_005, { ok: true }))).toEqual({
    seconds: 100,
    tookSeconds: 130,
  })
  expect(of(estimate(100), ended(130_005, { ok: false }))).toBeNull()
  expect(of(estimate(100), { ...started, at: 9 }, ended(130_005, { ok: true }))).toBeNull()
  expect(of(estimate('long'), ended(130_005, { ok: true }))).toBeNull()
  expect(of({ kind: 'estimate', at: 6 } as unknown as RunEvent, ended(130_005, { ok: true }))).toBeNull()
})

it('takes a job whose phases are odd as done', () => {
  const odd = { ...made, result: { ...resultOf(plan, 1, sent), phases: { load: -1 } } } as unknown as RunEvent
  expect(told(started, begun, odd)).toMatchObject({ jobs: { done: 1 }, problem: null })
})
