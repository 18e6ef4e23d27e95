import { describe, expect, it } from 'vitest'
import { promptId } from '../../src/domain/ids.ts'
import type { JobResult, RunEvent } from '../../src/domain/run-event.ts'
import { ownEvent } from '../../src/state/own-event.ts'
import { noRun, type RunState, reduceRunState } from '../../src/state/run-state.ts'
import { planOf } from '../support/plans.ts'
import { onServer } from '../support/results.ts'

const [runId, runName] = ['c5c7e2a4-3d5c-5e0f-9c7b-0f5a3d2b1c00', 'calm-otter']
const where = { at: 0, video: 'otter' }
const plan = planOf('otter')
const started: RunEvent = { kind: 'run-started', at: 0, runId, runName, dryRun: false, videos: ['otter'] }
const planned: RunEvent = { kind: 'video-started', ...where, plan, skipped: [] }
const state: RunState = [started, planned].reduce(reduceRunState, noRun)
const owner = { runName, root: '/now', state }

describe('the run', () => {
  it('is that of the journal, or the first that the journal names', () => {
    expect(ownEvent(started, owner)).toBe(started)
    expect(ownEvent(started, { ...owner, state: noRun })).toBe(started)
  })

  it.each([
    [{ ...started, runName: 'bold-wren' }, `it is of the run bold-wren (${runId})`],
    [{ ...started, runId: 'other' }, 'it is of the run calm-otter (other)'],
  ])('is no other', (event, message) => {
    expect(() => ownEvent(event, owner)).toThrow(message)
  })
})

describe('a prompt', () => {
  const jobId = state.videos['otter']!.jobIds[1]!
  const sent = (id: string, attempt: number, workflow = 1): RunEvent => {
    return { kind: 'job-started', ...where, workflow, promptId: id, attempt, graph: '0'.repeat(64) }
  }

  it('is the one that this attempt at the job is called by', () => {
    const event = sent(promptId(runId, jobId, 2), 2)
    expect(ownEvent(event, owner)).toBe(event)
    expect(() => ownEvent(sent(promptId(runId, jobId, 2), 1), owner)).toThrow(/^prompt \S+ was not sent for this job$/)
  })

  it('may be any where the journal has lost its beginning', () => {
    const event = sent('any', 1)
    expect(ownEvent(event, { ...owner, state: noRun })).toBe(event)
    expect(ownEvent(event, { ...owner, state: { ...state, runId: '' } })).toBe(event)
    expect(ownEvent(sent('any', 1, 99), owner)).toEqual(sent('any', 1, 99))
  })
})

const done = { promptId: 'p', tookMs: 1 }
const file = <Copy extends string | null>(copy: Copy) => ({ server: onServer('a'), copy })
const latent = '/then/latents/otter_calm-otter_chunk_002_high.latent'
const low = '/then/latents/otter_calm-otter_chunk_002_low.latent'
const video = '/then/videos/otter_calm-otter_chunk_002.mp4'
const combined = '/then/combined/otter_calm-otter_combine_003.mp4'
const finished = (result: JobResult): RunEvent => ({ kind: 'job-finished', ...where, workflow: 2, result })
const moved = (path: string) => path.replaceAll('/then', '/now')

describe('a file', () => {
  it.each<[JobResult]>([
    [{ kind: 'high', ...done, latent: file(latent) }],
    [{ kind: 'high', ...done, latent: file(null) }],
    [{ kind: 'low', ...done, video: file(video), latent: file(low) }],
    [{ kind: 'low', ...done, video: file(video), latent: null }],
    [{ kind: 'combine', ...done, film: file(combined) }],
    [{ kind: 'combine', ...done, film: file(null) }],
  ])('lies below the folder of the journal, wherever that was: %j', (result) => {
    const here = JSON.parse(moved(JSON.stringify(result)))
    expect(ownEvent(finished(result), owner)).toEqual(finished(here))
    expect(ownEvent({ ...finished(result), kind: 'job-taken' } as RunEvent, owner)).toMatchObject({ result: here })
    expect(ownEvent(finished(result), { ...owner, root: null })).toEqual(finished(result))
  })

  it.each<[JobResult]>([
    [{ kind: 'high', ...done, latent: file(video) }],
    [{ kind: 'high', ...done, latent: file('/then/latents/otter_calm-otter_chunk_002_high.mp4') }],
    [{ kind: 'high', ...done, latent: file('/then/latents/wren_calm-otter_chunk_002_high.latent') }],
    [{ kind: 'high', ...done, latent: file('/then/latents/otter_bold-wren_chunk_002_high.latent') }],
    [{ kind: 'high', ...done, latent: file('/then/latents/otter_calm-otter_chunk_2_high.latent') }],
    [{ kind: 'high', ...done, latent: file(`/then/other/../latents/otter_calm-otter_chunk_002_high.latent`) }],
    [{ kind: 'high', ...done, latent: file(latent.slice(1)) }],
    [{ kind: 'low', ...done, video: file(latent), latent: null }],
    [{ kind: 'low', ...done, video: file(video), latent: file('/etc/passwd') }],
    [{ kind: 'combine', ...done, film: file(video) }],
    [{ kind: 'combine', ...done, film: file('/then/final/otter.mp4') }],
  ])('is one that the layout makes for such a job: %j is not', (result) => {
    expect(() => ownEvent(finished(result), owner)).toThrow(/ is not of this run$/)
  })
})

describe('a film', () => {
  const downloaded = (path: string): RunEvent => ({ kind: 'film-downloaded', ...where, file: path }) as RunEvent

  it.each(['otter.mp4', 'otter_calm-otter.mp4', 'otter_calm-otter-2.mp4', 'otter_calm-otter-123456.mp4'])(
    'is called as this run calls it: %s',
    (name) => {
      expect(ownEvent(downloaded(`/then/final/${name}`), owner)).toEqual(downloaded(`/now/final/${name}`))
    },
  )

  it.each([
    '/then/final/wren.mp4',
    '/then/final/otter_bold-wren.mp4',
    '/then/final/otter-2.mp4',
    '/then/final/otter_calm-otter-1234567.mp4',
    '/then/final/otter_calm-otter-2.mp4.part',
    '/then/combined/otter.mp4',
    'final/otter.mp4',
    '/then/final/../final/otter.mp4',
  ])('is no other: %s', (path) => {
    expect(() => ownEvent(downloaded(path), owner)).toThrow(`${path} is not of this run`)
  })
})

it('takes every other event as it is', () => {
  expect(ownEvent(planned, owner)).toBe(planned)
})
