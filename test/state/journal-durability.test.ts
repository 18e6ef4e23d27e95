import { fsyncSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { openJournal } from '../../src/state/state-store.ts'
import { temporaryFolder } from '../support/rehearse.ts'

vi.mock('node:fs', { spy: true })

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
  { kind: 'video-finished', at: 0, video: 'otter', film: '/otter.mp4', frames: 1 },
]

/** Kinds of the lines that were on the disk at each time it was waited for. */
function syncedLines(durable: boolean): string[][] {
  const path = join(temporaryFolder(), 'calm-otter.jsonl')
  const synced: string[][] = []
  vi.mocked(fsyncSync).mockImplementation(() => {
    const lines = readFileSync(path, 'utf8').trim().split('\n')
    synced.push(lines.map((line) => JSON.parse(line).kind))
  })
  using journal = openJournal(path, { durable, isNew: true })
  for (const event of events) journal.append(event)
  return synced
}

it('waits for the disk after each line that a resumed run relies on', () => {
  expect(syncedLines(true)).toEqual([
    ['run-started', 'job-started'],
    ['run-started', 'job-started', 'job-failed', 'video-finished'],
  ])
})

it('never waits for it in a rehearsal', () => {
  expect(syncedLines(false)).toEqual([])
})
