import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { promptId, uuidV5 } from '../../src/domain/ids.ts'
import { jobsOf } from '../../src/domain/plan.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { eventOf } from '../../src/state/journal-line.ts'
import { findRun, readRunState } from '../../src/state/read-journal.ts'
import { knownRuns, openJournal } from '../../src/state/state-store.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'
import { planOf } from '../support/plans.ts'
import { fc } from '../support/seeded.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = temporaryFolder()
  path = join(folder, 'state', 'calm-otter.jsonl')
})

const at = 0
const runIdOf = (runName: string) => uuidV5(runName, '6ba7b811-9dad-11d1-80b4-00c04fd430c8')
const started = (runName: string, video: string): RunEvent[] => [
  {
    kind: 'run-started',
    at,
    runId: uuidV5(runName, '6ba7b811-9dad-11d1-80b4-00c04fd430c8'),
    runName,
    dryRun: false,
    videos: [video],
  },
  { kind: 'video-started', at, video, plan: planOf(video), skipped: [] },
]
const open = {
  promptId: promptId(runIdOf('calm-otter'), jobsOf(planOf('otter'))[0]!.jobId, 1),
  attempt: 1,
  graph: '0'.repeat(64),
}
const job: RunEvent = { kind: 'job-started', at, video: 'otter', workflow: 1, ...open }
const passing: RunEvent[] = [
  { kind: 'job-queued', at, video: 'otter', workflow: 1, ahead: 1 },
  { kind: 'job-progress', at, video: 'otter', workflow: 1, node: '1', title: 'Sampler', step: 1, of: 4 },
  { kind: 'upload-progress', at, video: 'otter', object: 'o', sent: 1, bytes: 2 },
]

function write(file: string, events: readonly RunEvent[]): void {
  using journal = openJournal(file, { durable: true, isNew: !existsSync(file) })
  for (const event of events) journal.append(event)
}

it('reads back what lasts, one line an event', () => {
  const events = [...started('calm-otter', 'otter'), ...passing, job]
  write(path, events)
  const lines = readFileSync(path, 'utf8').split('\n')
  expect(lines.map((line) => line && eventOf(line))).toEqual([...started('calm-otter', 'otter'), job, ''])
  expect(readRunState(path)).toMatchObject({
    runName: 'calm-otter',
    videos: { otter: { status: 'running', open: { 1: open } } },
  })
})

it('goes on after a line that was torn, wherever it was torn', () => {
  write(path, started('calm-otter', 'otter'))
  const whole = readFileSync(path)
  const line = `${JSON.stringify(job)}\n`
  fc.assert(
    fc.property(fc.integer({ min: 0, max: line.length }), (cut) => {
      writeFileSync(path, whole)
      appendFileSync(path, line.slice(0, cut))
      const isOpen = cut >= line.length - 1
      expect(readRunState(path).videos['otter']!.open).toEqual(isOpen ? { 1: open } : {})
      write(path, [{ kind: 'video-failed', at, video: 'otter', code: 'PR_UPLOAD', reason: 'no' }])
      expect(readRunState(path).videos['otter']).toMatchObject({ status: 'failed', open: isOpen ? { 1: {} } : {} })
    }),
  )
})

it.each([
  ['is not JSON', '{"kind":"job-', true],
  ['is no event of this run', '{"kind":"video-started"}', true],
  ['is no event of this run', 'null', false],
])('says which line %s, and what to do', async (what, line, isInTheMiddle) => {
  write(path, started('calm-otter', 'otter'))
  appendFileSync(path, isInTheMiddle ? `${line}\n${JSON.stringify(job)}\n` : line)
  expect(await failure(() => readRunState(path))).toEqual({
    code: 'PR_STATE',
    message: `Reading the state of an earlier run failed: ${path}:3 ${what}`,
    hint: 'The file was edited or damaged, or another version wrote it. Remove the line and resume again: what it said is looked for on the server.',
  })
})

it('finds a run by its name, and by the latest run of a video', () => {
  const file = (name: string) => join(folder, `${name}.jsonl`)
  write(file('bold-wren'), started('bold-wren', 'otter'))
  write(file('calm-otter'), started('calm-otter', 'otter'))
  write(file('deep-fjord'), started('deep-fjord', 'heron'))
  for (const [index, name] of ['calm-otter', 'deep-fjord', 'bold-wren'].entries())
    utimesSync(file(name), index + 1, index + 1)
  expect(knownRuns(folder)).toEqual(['calm-otter', 'deep-fjord', 'bold-wren'])
  expect(findRun(folder, 'calm-otter')).toMatchObject({ path: file('calm-otter'), state: { runName: 'calm-otter' } })
  expect(findRun(folder, 'otter').path).toBe(file('bold-wren'))
  expect(findRun(folder, 'heron').path).toBe(file('deep-fjord'))
})

it('keeps apart a film called like a property of every object', async () => {
  write(path, started('calm-otter', 'constructor'))
  expect(findRun(join(folder, 'state'), 'constructor').state.videos['constructor']).toMatchObject({ attempts: {} })
  const { message } = await failure(() => findRun(join(folder, 'state'), 'toString'))
  expect(message).toMatch(/^--resume toString: there is no run and no video of that name/)
})

it('does without the line that says which run it is, and takes the name of the file', () => {
  write(path, started('calm-otter', 'otter').slice(1))
  expect(findRun(join(folder, 'state'), 'calm-otter').state).toMatchObject({ runId: '', runName: 'calm-otter' })
})

it('refuses what is no folder of journals', async () => {
  writeFileSync(join(folder, 'file'), '')
  expect(await failure(() => knownRuns(join(folder, 'file')))).toEqual({
    code: 'PR_STATE',
    message: `Reading the state of earlier runs in ${folder}/file failed: a part of its path is a file, not a folder`,
    hint: 'Give --output-dir the folder that the earlier runs had, or another one.',
  })
  write(path, started('calm-otter', 'otter'))
  mkdirSync(join(folder, 'state/folder.jsonl'))
  symlinkSync('nowhere', join(folder, 'state/gone.jsonl'))
  expect(knownRuns(join(folder, 'state'))).toEqual(['calm-otter'])
})

it('names the runs that there are, or says that there is none', async () => {
  const message = (dir: string) => `--resume nobody: there is no run and no video of that name in ${dir}`
  expect(await failure(() => findRun(join(folder, 'none'), 'nobody'))).toEqual({
    code: 'PR_STATE',
    message: message(join(folder, 'none')),
    hint: 'No run has left a state there yet; check --output-dir.',
  })
  write(path, started('calm-otter', 'otter'))
  expect(await failure(() => findRun(join(folder, 'state'), 'nobody'))).toEqual({
    code: 'PR_STATE',
    message: message(join(folder, 'state')),
    hint: 'Known runs: calm-otter',
  })
})

it('says so when the journal cannot be written', async () => {
  writeFileSync(join(folder, 'state'), 'a file')
  expect(await failure(() => openJournal(path, { durable: true, isNew: true }))).toEqual({
    code: 'PR_FILE',
    message: expect.stringMatching(/^Opening the journal .*calm-otter\.jsonl failed: E/),
    hint: 'Give --output-dir a folder that can be written to.',
  })
})

it('never opens a journal as new that another run has begun', async () => {
  write(path, started('calm-otter', 'otter'))
  expect(await failure(() => openJournal(path, { durable: true, isNew: true }))).toMatchObject({
    code: 'PR_FILE',
    message: expect.stringContaining('EEXIST'),
  })
})
