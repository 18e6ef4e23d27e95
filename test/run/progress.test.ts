import { expect, it } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { bytesText, durationText } from '../../src/domain/wording.ts'
import { resultOf } from '../support/results.ts'
import { job, plan, started, step, watched } from '../support/watched-run.ts'

const stored = {
  bucket: 'films',
  name: 'otters/otter.mp4',
  size: 5_000_000,
  crc32c: 'AAAA==',
  md5: null,
  generation: '1',
}
const rest: RunEvent[] = [
  { kind: 'job-adopted', at: 1_000, ...job, promptId: 'x', attempt: 1, isDone: false },
  { kind: 'job-adopted', at: 1_000, ...job, promptId: 'x', attempt: 1, isDone: true },
  { kind: 'job-queued', at: 2_000, ...job, ahead: 2 },
  step(3_000, 1),
  step(12_000, 2),
  step(13_000, 3),
  { kind: 'job-progress', at: 25_000, ...job, node: '11', title: 'Decode', step: 0, of: 0 },
  step(42_000, 4),
  {
    kind: 'job-failed',
    at: 43_000,
    ...job,
    code: 'PR_COMFY_FAILED',
    reason: 'out of memory',
    attempt: 1,
    willRetry: true,
  },
  { kind: 'job-started', at: 44_000, ...job, promptId: 'y', attempt: 2, graph: 'g' },
  {
    kind: 'job-finished',
    at: 96_000,
    ...job,
    result: resultOf(plan, job.workflow, 'y', 52_400),
  },
  { kind: 'reference-extracted', at: 96_000, video: 'otter', chunk: 2, frame: 90, file: '/o/ref.png' },
  { kind: 'reference-uploaded', at: 96_000, video: 'otter', chunk: 2, name: 'ref.png' },
  { kind: 'warning', at: 97_000, video: 'otter', message: 'the film is large' },
  { kind: 'warning', at: 97_000, video: null, message: 'the disk is nearly full' },
  {
    kind: 'film-downloaded',
    at: 97_000,
    video: 'otter',
    file: '/o/otter.mp4',
    bytes: 5_000_000,
    crc32c: 'AAAAAA==',
    frames: 200,
  },
  { kind: 'upload-started', at: 98_000, video: 'otter', object: 'otters/otter.mp4', bytes: 5_000_000 },
  {
    kind: 'upload-progress',
    at: 99_000,
    video: 'otter',
    object: 'otters/otter.mp4',
    sent: 1_000_000,
    bytes: 5_000_000,
  },
  {
    kind: 'upload-progress',
    at: 108_000,
    video: 'otter',
    object: 'otters/otter.mp4',
    sent: 2_500_000,
    bytes: 5_000_000,
  },
  { kind: 'upload-finished', at: 109_000, video: 'otter', role: 'film', object: stored },
  {
    kind: 'cleanup',
    at: 110_000,
    video: 'otter',
    files: ['/o/a', '/o/b'],
    kept: ['/o/c'],
    reason: 'the upload is verified',
  },
  { kind: 'video-finished', at: 110_000, video: 'otter', film: '/o/otter.mp4', frames: 200 },
  {
    kind: 'job-failed',
    at: 111_000,
    ...job,
    code: 'PR_COMFY_LOST',
    reason: 'the server forgot it',
    attempt: 4,
    willRetry: false,
  },
  {
    kind: 'video-failed',
    at: 111_000,
    video: 'badger',
    code: 'PR_COMFY_LOST',
    reason: 'job 3 failed',
    hint: 'resume it',
  },
  { kind: 'run-finished', at: 111_000, ok: false },
]

it('writes a line for each start and end, and one of progress in ten seconds', async () => {
  const { texts, emit } = watched()
  emit(...started, ...rest)
  await expect(`${texts.stdout}--- stderr\n${texts.stderr}`).toMatchFileSnapshot('expected/progress.txt')
})

it('writes durations and sizes as people read them', () => {
  expect([0, 999, 41_000, 3_599_999, 3_641_000].map(durationText)).toEqual([
    '00:00',
    '00:00',
    '00:41',
    '59:59',
    '1:00:41',
  ])
  expect([0, 1_023, 1_024, 5_000_000, 3 * 2 ** 40].map(bytesText)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '4.8 MiB',
    '3072.0 GiB',
  ])
})
