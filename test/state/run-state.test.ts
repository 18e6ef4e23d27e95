import { expect, it } from 'vitest'
import { jobsOf } from '../../src/domain/plan.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { noRun, type RunState, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { onServer, resultOf } from '../support/results.ts'
import { fc } from '../support/seeded.ts'

const plan = planOf('otter')
const jobIds = Object.fromEntries(jobsOf(plan).map((job) => [job.workflowNumber, job.jobId]))
const at = 0
const video = 'otter'
const stored = { bucket: 'b', name: 'n', size: 1, crc32c: 'c', md5: null, generation: '1' }
const started: RunEvent[] = [
  { kind: 'run-started', at, runId: 'id', runName: 'calm-otter', dryRun: false, videos: [video] },
  { kind: 'video-started', at, video, plan, skipped: [] },
]
const job = (workflow: number, attempt = 1): RunEvent[] => [
  { kind: 'job-started', at, video, workflow, promptId: `p${workflow}.${attempt}`, attempt, graph: 'g' },
  { kind: 'job-finished', at, video, workflow, result: resultOf(plan, workflow, `p${workflow}.${attempt}`) },
]
const fold = (events: readonly RunEvent[], from: RunState = noRun) => events.reduce(reduceRunState, from)

it('knows what was done, what is open and what was tried', () => {
  const events: RunEvent[] = [
    ...started,
    ...job(1),
    { kind: 'job-started', at, video, workflow: 2, promptId: 'p2.1', attempt: 1, graph: 'g' },
    { kind: 'job-failed', at, video, workflow: 2, code: 'PR_COMFY_LOST', reason: 'gone', attempt: 1, willRetry: true },
    { kind: 'job-output', at, video, workflow: 2, promptId: 'p2.1', node: '7', files: [onServer('lost.latent')] },
    { kind: 'job-started', at, video, workflow: 2, promptId: 'p2.2', attempt: 2, graph: 'g' },
    { kind: 'job-output', at, video, workflow: 2, promptId: 'p2.2', node: '11', files: [onServer('low.latent')] },
    { kind: 'job-output', at, video, workflow: 2, promptId: 'p2.2', node: '16', files: [onServer('low.mp4')] },
  ]
  expect(fold(events)).toEqual({
    runId: 'id',
    runName: 'calm-otter',
    dryRun: false,
    videos: {
      otter: {
        status: 'running',
        server: null,
        jobIds,
        done: { 1: resultOf(plan, 1, 'p1.1') },
        taken: {},
        open: { 2: { promptId: 'p2.2', attempt: 2, graph: 'g' } },
        sent: {
          1: { promptId: 'p1.1', attempt: 1, graph: 'g' },
          2: { promptId: 'p2.2', attempt: 2, graph: 'g' },
        },
        attempts: { 1: 1, [jobIds[1]!]: 1, 2: 2, [jobIds[2]!]: 2 },
        named: {
          2: [
            { promptId: 'p2.1', files: { 7: [onServer('lost.latent')] } },
            { promptId: 'p2.2', files: { 11: [onServer('low.latent')], 16: [onServer('low.mp4')] } },
          ],
        },
        referenceFiles: {},
        references: {},
        uploads: {},
        film: null,
      },
    },
    cost: { dollars: 0, unpricedMs: 0, lastAt: at, perHour: null },
  })
})

it('takes a prompt for open until its end was seen', () => {
  const failed = (code: string): RunEvent => ({
    kind: 'job-failed',
    at,
    video,
    workflow: 1,
    code,
    reason: 'it broke off',
    attempt: 1,
    willRetry: false,
  })
  const after = (code: string) => fold([...started, job(1)[0]!, failed(code)]).videos['otter']!
  const openAfter = (code: string) => after(code).open
  const open = { 1: { promptId: 'p1.1', attempt: 1, graph: 'g' } }
  expect(openAfter('PR_COMFY_UNREACHABLE')).toEqual(open)
  expect(openAfter('PR_CANCELLED')).toEqual(open)
  // Whatever was answered, it was not that the prompt has ended.
  expect(openAfter('PR_COMFY_HTTP')).toEqual(open)
  expect(openAfter('PR_FILE')).toEqual(open)
  for (const said of ['REJECTED', 'FAILED', 'INTERRUPTED', 'LOST']
    .map((end) => `PR_COMFY_${end}`)
    .concat('PR_NO_OUTPUT'))
    expect(after(said)).toMatchObject({ open: {}, sent: {}, attempts: { 1: 1 } })
  expect(fold([...started, ...job(1)]).videos['otter']!.open).toEqual({})
})

it('forgets what the nodes of a job had made once it is done', () => {
  const named = (workflow: number): RunEvent => {
    const files = [onServer(`${workflow}.latent`)]
    return { kind: 'job-output', at, video, workflow, promptId: `p${workflow}.1`, node: '7', files }
  }
  const first = fold([...started, named(1), named(2)]).videos['otter']!
  expect(Object.keys(first.named)).toEqual(['1', '2'])
  const then = fold([...started, named(1), named(2), ...job(1)]).videos['otter']!
  expect(then.named).toEqual({ 2: [{ promptId: 'p2.1', files: { 7: [onServer('2.latent')] } }] })
})

it('takes what another run has made for done, with the job that it was', () => {
  const result = resultOf(plan, 2, 'other')
  const taken: RunEvent = { kind: 'job-taken', at, video, workflow: 2, jobId: jobIds[2]!, result, from: 'bold-wren' }
  expect(fold([...started, ...job(1), taken]).videos['otter']).toMatchObject({
    done: { 1: resultOf(plan, 1, 'p1.1'), 2: result },
    taken: { 2: jobIds[2] },
    sent: { 1: { promptId: 'p1.1' } },
  })
})

it('knows the latest reference image of each chunk, and none that is not known any more', () => {
  const digest = { crc32c: 'AAAAAA==', bytes: 1 }
  const extracted = (chunk: number, more: { digest?: typeof digest }): RunEvent => {
    return { kind: 'reference-extracted', at, video, chunk, frame: 9, file: '/f.png', ...more }
  }
  const both = fold([...started, extracted(2, { digest }), extracted(3, { digest })])
  expect(both.videos['otter']!.referenceFiles).toEqual({ 2: digest, 3: digest })
  expect(fold([extracted(2, {})], both).videos['otter']!.referenceFiles).toEqual({ 3: digest })
  const uploaded = (chunk: number, name: string): RunEvent => ({ kind: 'reference-uploaded', at, video, chunk, name })
  const names = fold([uploaded(2, 'a.png'), uploaded(3, 'b.png'), uploaded(2, 'a (1).png')], both)
  expect(names.videos['otter']!.references).toEqual({ 2: 'a (1).png', 3: 'b.png' })
})

it('counts the attempts of a job that has another number now', () => {
  const later = fold([...started, ...job(1), ...job(1, 2)])
  expect(later.videos['otter']!.attempts).toEqual({ 1: 2, [jobIds[1]!]: 2 })
})

it('keeps the upload of a manifest beside that of its film, which may not lie here', () => {
  const upload = (role: 'film' | 'manifest'): RunEvent => ({ kind: 'upload-finished', at, video, role, object: stored })
  const uploaded = { object: stored, film: null, jobIds }
  expect(fold([...started, upload('film'), upload('manifest')]).videos['otter']!.uploads).toEqual({
    film: uploaded,
    manifest: uploaded,
  })
})

it('has a film of the present plan only', () => {
  const film: RunEvent = { kind: 'film-downloaded', at, video, file: '/f.mp4', bytes: 1, crc32c: 'c', frames: 9 }
  const longer = planOf('otter', 600)
  const again: RunEvent = { kind: 'video-started', at, video, plan: longer, skipped: [9] }
  expect(fold([...started, film, again]).videos['otter']).toMatchObject({ film: null, done: {} })
})

it('knows the end of a video', () => {
  const events: RunEvent[] = [
    ...started,
    { kind: 'reference-uploaded', at, video, chunk: 2, name: 'ref.png' },
    { kind: 'film-downloaded', at, video, file: '/out/otter.mp4', bytes: 1, crc32c: 'AAAAAA==', frames: 120 },
    { kind: 'upload-finished', at, video, role: 'film', object: stored },
    { kind: 'video-finished', at, video, film: '/out/otter.mp4', frames: 120 },
  ]
  expect(fold(events).videos['otter']).toEqual({
    status: 'finished',
    server: null,
    jobIds,
    done: {},
    open: {},
    sent: {},
    taken: {},
    attempts: {},
    named: {},
    referenceFiles: {},
    references: { 2: 'ref.png' },
    uploads: { film: { object: stored, film: '/out/otter.mp4', jobIds } },
    film: { path: '/out/otter.mp4', crc32c: 'AAAAAA==' },
  })
  const failed: RunEvent = { kind: 'video-failed', at, video, code: 'PR_UPLOAD', reason: 'no' }
  expect(fold([...started, failed]).videos['otter']?.status).toBe('failed')
})

it('keeps what was uploaded for an earlier plan apart from the film of the present one', () => {
  const film = '/out/otter.mp4'
  const first = fold([
    ...started,
    { kind: 'film-downloaded', at, video, file: film, bytes: 1, crc32c: 'AAAAAA==', frames: 120 },
    { kind: 'upload-finished', at, video, role: 'film', object: stored },
  ])
  const again = (as: typeof plan) => fold([{ kind: 'video-started', at, video, plan: as, skipped: [] }], first)
  const uploads = { film: { object: stored, film, jobIds } }
  expect(again(plan).videos['otter']).toMatchObject({ film: { path: film }, uploads })
  expect(again(planOf('otter', 60)).videos['otter']).toMatchObject({ film: null, uploads })
})

it('keeps of an earlier part what a resumed video skips, and every attempt', () => {
  const first = fold([...started, ...job(1), ...job(2), ...job(3)])
  const again = fold([{ kind: 'video-started', at, video, plan, skipped: [1, 2] }], first)
  expect(again.videos['otter']).toMatchObject({
    status: 'running',
    server: null,
    attempts: { 1: 1, 2: 1, 3: 1, [jobIds[3]!]: 1 },
  })
  expect(Object.keys(again.videos['otter']!.done)).toEqual(['1', '2'])
})

it('folds in parts as it folds at once, and never changes a state it was given', () => {
  const some = fc.array(
    fc.oneof(
      fc.integer({ min: 1, max: 6 }).map((workflow) => job(workflow)),
      fc.subarray([1, 2, 3]).map((skipped): RunEvent[] => [{ kind: 'video-started', at, video, plan, skipped }]),
      fc.constant<RunEvent[]>([{ kind: 'warning', at, video: null, message: 'x' }]),
    ),
    { maxLength: 12 },
  )
  fc.assert(
    fc.property(some, fc.nat(), (groups, cut) => {
      const events = [...started, ...groups.flat()]
      const middle = cut % (events.length + 1)
      const half = fold(events.slice(0, middle))
      const before = structuredClone(half)
      expect(fold(events.slice(middle), half)).toEqual(fold(events))
      expect(half).toEqual(before)
    }),
  )
})
