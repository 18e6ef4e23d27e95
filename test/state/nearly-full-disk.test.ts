import fs, { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { createPatches } from '../../src/network/safety/guards.ts'
import { openJournal } from '../../src/state/state-store.ts'
import { temporaryFolder } from '../support/rehearse.ts'

/** A disk that takes no more than `most` bytes at once, and `room` of them in all, as the system's functions tell it. */
function smallDisk(most: number, room = Number.POSITIVE_INFINITY) {
  const patches = createPatches()
  onTestFinished(() => patches[Symbol.dispose]())
  let left = room
  patches.replace(fs, 'writeSync', (real) => (file, bytes: Buffer, from = 0) => {
    if (left === 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    const written: number = real(file, bytes, from, Math.min(most, left, bytes.length - from))
    left -= written
    return written
  })
  patches.publish()
  return {
    makeRoom() {
      left = Number.POSITIVE_INFINITY
    },
  }
}

const warning = (message: string): RunEvent => ({ kind: 'warning', at: 0, video: null, message })
const path = () => join(temporaryFolder(), 'state/calm-otter.jsonl')
const messagesIn = (journal: string) =>
  readFileSync(journal, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).message)

it('writes a whole line to a disk that takes a part of it at a time', () => {
  const journal = path()
  using opened = openJournal(journal, { durable: false, isNew: true })
  smallDisk(7)
  opened.append(warning('ä'.repeat(20)))
  opened.append(warning('two'))
  expect(messagesIn(journal)).toEqual(['ä'.repeat(20), 'two'])
})

it('leaves nothing of a line that does not fit, and says so', () => {
  const journal = path()
  using opened = openJournal(journal, { durable: false, isNew: true })
  opened.append(warning('one'))
  const disk = smallDisk(100, 20)
  expect(() => opened.append(warning('two'))).toThrow('no space left')
  disk.makeRoom()
  opened.append(warning('three'))
  expect(messagesIn(journal)).toEqual(['one', 'three'])
})
