import { expect, it } from 'vitest'
import { jobsOf, type Plan } from '../../src/domain/plan.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { noFacts, type ResumeFacts, resumeDecision, type UploadTarget } from '../../src/orchestrator/resume-decision.ts'
import { another, decide, done, plan, result, results, server, started, stateAfter } from '../support/earlier-run.ts'
import { planOf } from '../support/plans.ts'

const at = 0
const video = 'otter'
const PLACE: UploadTarget = { bucket: 'b', names: { film: 'n', manifest: 'm' } }
const ELSEWHERE: UploadTarget = { ...PLACE, bucket: 'other' }
const stored = { bucket: 'b', name: 'n', size: 1, crc32c: 'c', md5: null, generation: '1' }

const placed: RunEvent = { kind: 'film-downloaded', at, video, file: '/film.mp4', bytes: 1, crc32c: 'c', frames: 120 }
const uploaded = (role: 'film' | 'manifest'): RunEvent => ({
  kind: 'upload-finished',
  at,
  video,
  role,
  object: { ...stored, name: PLACE.names[role] },
})
const finished: RunEvent = { kind: 'video-finished', at, video, film: '/film.mp4', frames: 120 }

const rendered = [started(), ...done(1, 2, 3, 4, 5, 6)]
const whole = [...rendered, placed, uploaded('film'), uploaded('manifest'), finished]

it('sends every job of what is new', () => {
  const jobs = [1, 2, 3, 4, 5, 6].map((n) => [n, { kind: 'send', attempts: 0, open: null, wasDone: false }] as const)
  const all = { kind: 'render', jobs: new Map(jobs) }
  expect(resumeDecision(plan, null, noFacts(PLACE))).toEqual(all)
  expect(resumeDecision(planOf('heron'), stateAfter(...whole), noFacts(PLACE))).toEqual(all)
})

it.each<[string, RunEvent[], UploadTarget | null, Plan, string]>([
  ['where it was to go', whole, PLACE, plan, 'finished'],
  ['where it was to go, without a clean-up', whole.slice(0, -1), PLACE, plan, 'finished'],
  ['in another bucket', whole, ELSEWHERE, plan, 'placed'],
  ['under another name', whole, { ...PLACE, names: { film: 'other', manifest: 'm' } }, plan, 'placed'],
  [
    'in the bucket, with its manifest elsewhere',
    whole,
    { ...PLACE, names: { film: 'n', manifest: 'other' } },
    plan,
    'uploaded',
  ],
  ['in the bucket without a manifest', [...rendered, placed, uploaded('film'), finished], PLACE, plan, 'uploaded'],
  ['only here, and is to be uploaded', [...rendered, placed, finished], PLACE, plan, 'placed'],
  ['here, where it is to stay', [...rendered, placed, finished], null, plan, 'finished'],
  ['here, and its video has not ended', [...rendered, placed], null, plan, 'placed'],
  ['in the bucket, from before another plan', [...whole, started(another)], PLACE, plan, 'finished'],
  [
    'here, and another one of an earlier plan is in the bucket',
    [...whole, started(another), ...done(1, 2, 3, 4, 5, 6), placed, finished],
    null,
    another,
    'finished',
  ],
])('knows of a film that it is %s', (_, events, target, as, kind) => {
  expect(decide(events, { target }, as)).toMatchObject({ kind: 'deliver', film: { kind, path: '/film.mp4' } })
})

it.each<[string, RunEvent[], UploadTarget | null, Plan, Partial<ResumeFacts>]>([
  ['was never placed', rendered, null, plan, {}],
  ['somebody has changed', [...rendered, placed, finished], null, plan, { isPlaced: false }],
  ['is of another plan', [...rendered, placed, finished, started(another)], null, another, {}],
  ['the journal says nothing of', [...rendered, uploaded('film'), uploaded('manifest')], PLACE, plan, {}],
  ['lacks a prompt for its manifest', [started(), ...done(1, 2, 3, 4, 5), placed], PLACE, plan, {}],
])('makes a film again that %s', (_, events, target, as, facts) => {
  const held = new Map([1, 2, 3, 4, 5, 6].map((workflow) => [server(workflow), true]))
  expect(decide(events, { target, held, ...facts }, as).kind).toBe('render')
})

it('delivers with what the jobs left, and cleans up what has not been', () => {
  const film = { kind: 'finished', path: '/film.mp4', object: stored, isCleanedUp: true }
  expect(decide(whole, { target: PLACE })).toEqual({ kind: 'deliver', film, results })
  const cutShort = decide(whole.slice(0, -1), { target: PLACE })
  expect(cutShort).toEqual({ kind: 'deliver', film: { ...film, isCleanedUp: false }, results })
  // What lies here now is of another plan.
  const before = decide([...whole, started(another)], { target: PLACE })
  expect(before).toEqual({ kind: 'deliver', film, results: new Map() })
})

it.each<[string, RunEvent[], Partial<ResumeFacts>, object]>([
  [
    'the journal has noted another film',
    [...whole, started(another)],
    { target: PLACE },
    { kind: 'refuse', target: PLACE },
  ],
  [
    'the bucket has one that nobody noted',
    [...rendered, started(another)],
    { target: PLACE, isTaken: true },
    { kind: 'refuse', target: PLACE },
  ],
  [
    'nobody has asked the bucket',
    [...rendered, started(another)],
    { target: PLACE, isTaken: null },
    { kind: 'look', at: 'bucket' },
  ],
  ['the place is free', [...rendered, started(another)], { target: PLACE }, { kind: 'render' }],
  ['nothing is uploaded', [...whole, started(another)], { isTaken: true }, { kind: 'render' }],
])('never renders for a place that is taken: %s', (_, events, facts, decision) => {
  expect(decide(events, facts, planOf('otter', 120, { positivePrompt: 'A third.' }))).toMatchObject(decision)
})

it('takes a place for its own that this very film may have taken', () => {
  const cutShort = [...rendered, placed]
  expect(decide(cutShort, { target: PLACE, isTaken: true })).toMatchObject({
    kind: 'deliver',
    film: { kind: 'placed' },
  })
})

it('looks at the film only where that decides', () => {
  expect(decide(whole, { target: PLACE, isPlaced: null }).kind).toBe('deliver')
  expect(decide(whole, { target: ELSEWHERE, isPlaced: null })).toEqual({ kind: 'look', at: 'film' })
  expect(decide(rendered.slice(0, 2), { isPlaced: null, held: new Map([[server(1), true]]) }).kind).toBe('render')
})

it('goes on from jobs that another run has done, and not from those that are other jobs now', () => {
  const taken = (workflow: number, as: Plan): RunEvent => {
    const { jobId } = jobsOf(as).find(({ workflowNumber }) => workflowNumber === workflow)!
    // A prompt of another run, as this run would never send it.
    const made = { ...result(workflow), promptId: '00000000-0000-5000-8000-000000000000' }
    return { kind: 'job-taken', at, video, workflow, jobId, from: 'calm-wren', result: made }
  }
  const held = new Map([1, 2, 5].map((n) => [server(n), true]))
  const decision = decide([taken(1, plan), taken(2, plan), taken(3, another), taken(5, plan)], { held })
  expect(decision.kind === 'render' && [...decision.jobs].map(([n, { kind }]) => `${n} ${kind}`)).toEqual([
    '1 skip',
    '2 fetch',
    '3 send',
    '4 send',
    '5 skip',
    '6 send',
  ])
})
