import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { PromptRunnerError } from '../../src/errors.ts'
import type { Rehearsal } from '../../src/report/rehearsal.ts'
import { notSimulated } from '../../src/report/rehearsal.ts'
import { createTally, type RunTally } from '../../src/report/run-tally.ts'
import { makeSummary } from '../../src/report/summary.ts'
import { summaryText } from '../../src/report/summary-text.ts'
import { planOf } from '../support/plans.ts'
import { resultOf } from '../support/results.ts'

const stored = { bucket: 'films', name: 'otter.mp4', size: 3_000_000, crc32c: 'AAAA==', md5: null, generation: '1' }
const done = (video: string, workflow: number, tookMs: number): RunEvent => ({
  kind: 'job-finished',
  at: 1,
  video,
  workflow,
  result: resultOf(planOf(video), workflow, 'p', tookMs),
})
const pod = (status: string, action: 'found' | 'stopped'): RunEvent => ({
  kind: 'pod',
  at: 3,
  podId: 'p1',
  status,
  action,
})

function tallyOf(...events: RunEvent[]): RunTally {
  const { add, tally } = createTally()
  add({ kind: 'run-started', at: 1, runId: 'id', runName: 'calm-otter', dryRun: true, videos: ['otter'] })
  for (const event of events) add(event)
  return tally()
}

const started: RunEvent = { kind: 'video-started', at: 1, video: 'otter', plan: planOf('otter'), skipped: [] }
const finished: RunEvent[] = [
  ...[1, 2, 3, 4, 5, 6].map((workflow) => done('otter', workflow, workflow * 1_000)),
  { kind: 'upload-finished', at: 2, video: 'otter', role: 'film', object: stored },
  { kind: 'video-finished', at: 9, video: 'otter', film: '/o/otter.mp4', frames: 120 },
]
const rehearsal: Rehearsal = {
  recording: { name: 'wan22', recorded: '2026-11-23', server: 'ComfyUI 0.3.64', device: 'cpu' },
  requests: { comfyui: 16, gcs: 3 },
  answers: { recorded: 1, derived: 18, synthetic: 0, unknown: 0 },
  synthetic_classes: [],
  real_connections: 0,
  refused: ['connection leak.test:80'],
  unmatched: ['GET http://127.0.0.1:8188/x'],
  estimate: { gpu_minutes: null, cost_usd: null, note: 'none' },
  faults: [
    {
      fault: 'GET /queue: reset, always',
      times: 3,
      at: ['35', '36'].map((second) => ({ what: 'GET /queue of job 3', time: `2026-11-24T00:32:${second}.000Z` })),
    },
    { fault: 'pod stop: ignore', times: 0, at: [] },
  ],
  not_simulated: ['GPU time', 'the seams'],
  redacted: [{ file: 'workflows/workflow_001.json', members: ['workflow.6.inputs.text'] }],
}

it('counts a run from its events', () => {
  const tally = tallyOf(pod('RUNNING', 'found'), started, ...finished, pod('EXITED', 'stopped'))
  expect(tally).toMatchObject({
    runName: 'calm-otter',
    startedAt: 1,
    endedAt: 3,
    pod: { id: 'p1', status: 'EXITED', action: 'stopped' },
    videos: [
      {
        name: 'otter',
        status: 'finished',
        done: [1, 2, 3, 4, 5, 6],
        tookMs: { high: 4000, low: 6000, combine: 11000 },
      },
    ],
  })
})

it('sums a rehearsal up for a person', () => {
  const summary = makeSummary(tallyOf(pod('RUNNING', 'found'), started, ...finished), {
    dryRun: true,
    folder: '/runs/temp',
    failures: [],
    rehearsal,
  })
  expect(summaryText(summary)).toEqual([
    'otter: /o/otter.mp4 · gs://films/otter.mp4',
    '6 jobs: 4 render, 2 combine · 122 frames rendered, 120 kept · 1 video, 0 manifests uploaded (2.9 MiB)',
    'Pod p1: RUNNING, found',
    'Estimate: none',
    'Answered as ComfyUI 0.3.64 from recording wan22 (2026-11-23, cpu) · answers: 1 recorded, 18 derived',
    'real network connections: 0',
    'REFUSED: connection leak.test:80',
    'NO ANSWER: GET http://127.0.0.1:8188/x',
    'FAULT: GET /queue: reset, always (3 times, at GET /queue of job 3, …)',
    'FAULT: pod stop: ignore (never happened)',
    'REDACTED: workflows/workflow_001.json (workflow.6.inputs.text)',
    'Not simulated: GPU time; the seams',
    'Run folder: /runs/temp',
    'Next: `pr doctor` asks the real server, bucket and pod what a rehearsal cannot; then the same without --dry-run',
  ])
})

it('keeps the film of a video whose upload failed', () => {
  const tally = tallyOf(
    started,
    ...finished.slice(0, 6),
    {
      kind: 'film-downloaded',
      at: 8,
      video: 'otter',
      file: '/o/final/otter.mp4',
      bytes: 9,
      crc32c: 'AAAAAA==',
      frames: 120,
    },
    { kind: 'video-failed', at: 9, video: 'otter', code: 'PR_UPLOAD', reason: 'denied' },
  )
  const summary = makeSummary(tally, {
    dryRun: false,
    folder: null,
    failures: [new PromptRunnerError('PR_UPLOAD', 'denied')],
    rehearsal: null,
  })
  expect(summary.videos).toMatchObject([{ status: 'failed', film: '/o/final/otter.mp4' }])
  expect(summaryText(summary)).toEqual([
    'otter: /o/final/otter.mp4',
    '6 jobs: 4 render, 2 combine · 122 frames rendered, 120 kept · nothing uploaded',
    '00:00 from start to end',
  ])
})

it('sums a live run up that stopped half way', () => {
  const failure = new PromptRunnerError('PR_COMFY_FAILED', 'out of memory', { hint: 'smaller' })
  const tally = tallyOf(
    { ...started, skipped: [1, 2] } as RunEvent,
    done('otter', 3, 2_500),
    {
      kind: 'job-failed',
      at: 4,
      video: 'otter',
      workflow: 4,
      code: 'PR_COMFY_FAILED',
      reason: 'oom',
      attempt: 1,
      willRetry: false,
    },
    { kind: 'video-failed', at: 5, video: 'otter', code: 'PR_COMFY_FAILED', reason: 'oom' },
    { kind: 'warning', at: 6, video: null, message: 'mind the pod' },
  )
  const summary = makeSummary(tally, { dryRun: false, folder: null, failures: [failure], rehearsal: null })
  expect(summary).toEqual({
    dry_run: false,
    estimate: null,
    ok: false,
    exit_code: 1,
    failures: [{ code: 'PR_COMFY_FAILED', message: 'out of memory', hint: 'smaller', problems: [] }],
    run_id: 'id',
    run_name: 'calm-otter',
    folder: null,
    videos: [
      {
        name: 'otter',
        status: 'failed',
        frames: 120,
        fps: 16,
        chunks: 2,
        film: null,
        objects: [],
        failure: { code: 'PR_COMFY_FAILED', reason: 'oom' },
      },
    ],
    jobs: { total: 6, render: 4, combine: 2, done: 1, skipped: 2, failed_attempts: 1 },
    frames: { rendered: 0, kept: 0 },
    uploads: { videos: 0, manifests: 0, bytes: 0 },
    server_time_seconds: { high: 2.5, low: 0, combine: 0, total: 2.5 },
    pod: null,
    spent: { seconds: 0.01, usd: null, usd_of_earlier_starts: null },
    price: null,
    warnings: [
      'otter: Chunks of 101 frames are longer than the 81 that Wan2.2 was trained on: the picture may drift from the reference.',
      'otter: The last chunk keeps only 19 frames: short chunks move unsteadily. Without a chunk length of your own the chunks are evened out.',
      'mind the pod',
    ],
    rehearsal: null,
  })
  expect(summaryText(summary)).toEqual([
    '6 jobs: 4 render, 2 combine (1 done, 2 done before) · 0 frames rendered, 0 kept · nothing uploaded',
    '00:00 from start to end',
  ])
})

it('lists what was not simulated from what was done', () => {
  const facts = {
    ffmpeg: 'simulated',
    synthetic: ['ImageFromBatch'],
    madeUp: ['CountWords'],
    hasCredentials: false,
    hasJobTimeout: true,
  } as const
  expect(notSimulated(tallyOf(pod('RUNNING', 'found'), started, ...finished), facts)).toEqual([
    'GPU time and VRAM',
    'what the pictures show, and the seams between chunks',
    'whether the 6 model files load (their names were checked against the recording)',
    'permissions, quota and speed of the bucket',
    'Google credentials: none were found here, so a simulated metadata server gave a token',
    'the state, balance and GPU supply of the real pod',
    'ffmpeg and ffprobe (--real-ffmpeg runs them on the simulated videos)',
    'what ImageFromBatch really does: no recording has seen it run',
    'the texts and numbers of CountWords: no recording has them for these inputs',
    '--job-timeout for a job that is only slow: one that hangs is given up',
    'what a live run asks before its first job (see pr doctor)',
  ])
  const plan = planOf('otter', 50)
  const one = { ...plan, models: { ...plan.models, ...mapped(plan.models, 'one.gguf') } }
  expect(
    notSimulated(tallyOf({ ...started, plan: one } as RunEvent), {
      ffmpeg: 'real',
      synthetic: ['A', 'B'],
      madeUp: [],
      hasCredentials: true,
      hasJobTimeout: false,
    }),
  ).toEqual([
    'GPU time and VRAM',
    'what the pictures show',
    'whether the model file loads (its name was checked against the recording)',
    'what A, B really do: no recording has seen them run',
    'what a live run asks before its first job (see pr doctor)',
  ])
})

function mapped<T extends object, V>(object: T, value: V): Record<keyof T, V> {
  return Object.fromEntries(Object.keys(object).map((key) => [key, value])) as Record<keyof T, V>
}
