import { fsyncSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { openJournal } from '../../src/state/state-store.ts'
import { temporaryFolder } from '../support/folders.ts'
import { planOf } from '../support/plans.ts'
import { resultOf } from '../support/results.ts'

vi.mock('node:fs', { spy: true })

const stored = { bucket: 'b', name: 'otter.mp4', size: 1, crc32c: 'AAAAAA==', md5: null, generation: '1' }
const events: RunEvent[] = [
  { kind: 'run-started', at: 0, runId: 'id', runName: 'calm-otter', dryRun: false, videos: ['otter'] },
  { kind: 'job-started', at: 0, video: 'otter', workflow: 1, promptId: 'p', attempt: 1, graph: 'g' },
  {
    kind: 'job-failed',
    at: 0,
    video: 'otter',
    workflow: 1,
    code: 'PR_COMFY_LOST',
    reason: 'no',
    attempt: 1,
    willRetry: true,
  },
  { kind: 'job-finished', at: 0, video: 'otter', workflow: 1, result: resultOf(planOf('otter'), 1) },
  { kind: 'reference-uploaded', at: 0, video: 'otter', chunk: 2, name: 'reference.png' },
  { kind: 'film-downloaded', at: 0, video: 'otter', file: '/otter.mp4', bytes: 1, crc32c: 'AAAAAA==', frames: 1 },
  { kind: 'upload-started', at: 0, video: 'otter', object: 'otter.mp4', bytes: 1 },
  { kind: 'upload-finished', at: 0, video: 'otter', role: 'film', object: stored },
  { kind: 'video-finished', at: 0, video: 'otter', film: '/otter.mp4', frames: 1 },
  { kind: 'run-finished', at: 0, ok: true },
]

/** Kinds of the last lines that were on the disk when it was waited for. */
function syncedKinds(durable: boolean): string[] {
  const path = join(temporaryFolder(), 'calm-otter.jsonl')
  const synced: string[] = []
  vi.mocked(fsyncSync).mockImplementation(() => {
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    synced.push(JSON.parse(lines.at(-1)!).kind)
  })
  using journal = openJournal(path, { durable, isNew: true })
  for (const event of events) journal.append(event)
  return synced
}

it('waits for the disk after each line that a resumed run relies on', () => {
  expect(syncedKinds(true)).toEqual([
    'job-started',
    // The name of the journal itself.
    'job-started',
    'job-finished',
    'film-downloaded',
    'upload-finished',
    'video-finished',
  ])
})

it('never waits for it in a rehearsal', () => {
  expect(syncedKinds(false)).toEqual([])
})
