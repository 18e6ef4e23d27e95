import { fsyncSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { openJournal } from '../../src/state/state-store.ts'
import { temporaryFolder } from '../support/folders.ts'

vi.mock('node:fs', { spy: true })

it('waits for each file before the line that tells of it, and for its name', () => {
  const folder = temporaryFolder({ 'otter.mp4': 'film' })
  const [film, journalFile] = [join(folder, 'otter.mp4'), join(folder, 'calm-otter.jsonl')]
  const synced: string[] = []
  vi.mocked(fsyncSync).mockImplementation((file) => {
    const name = readlinkSync(`/proc/self/fd/${file}`).slice(folder.length)
    synced.push(`${name} with ${readFileSync(journalFile, 'utf8').split('\n').length - 1} lines`)
  })
  using journal = openJournal(journalFile, { durable: true, isNew: true })
  const placed: RunEvent = {
    kind: 'film-downloaded',
    at: 0,
    video: 'otter',
    file: film,
    bytes: 4,
    crc32c: '',
    frames: 1,
  }
  journal.append(placed)
  expect(synced).toEqual([
    '/otter.mp4 with 0 lines',
    ' with 0 lines',
    '/calm-otter.jsonl with 1 lines',
    ' with 1 lines',
  ])
})
