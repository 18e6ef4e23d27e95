import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lockRun } from '../../src/state/run-lock.ts'
import { temporaryFolder } from '../support/folders.ts'

it('takes over from a process whose number another one has now', () => {
  const dir = join(temporaryFolder(), 'state')
  const path = join(dir, 'calm-otter.lock')
  mkdirSync(dir)
  const holder = { pid: process.ppid, host: hostname(), since: '2026-01-01T00:00:00.000Z', started: 'another boot 1' }
  writeFileSync(path, JSON.stringify(holder))
  {
    using _lock = lockRun(dir, 'calm-otter', Date.UTC(2026, 0, 1))
    const { started } = JSON.parse(readFileSync(`${path}.2`, 'utf8'))
    expect(started).toMatch(/^[\da-f-]{36} \d+$/)
  }
  expect(readdirSync(dir)).toEqual([])
})
