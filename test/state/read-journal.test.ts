import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { promptId } from '../../src/domain/ids.ts'
import { jobsOf } from '../../src/domain/plan.ts'
import type { RunEvent } from '../../src/domain/run-event.ts'
import { LINE_CHECK, lineOf } from '../../src/state/journal-line.ts'
import { readRunState } from '../../src/state/read-journal.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/folders.ts'
import { planOf } from '../support/plans.ts'
import type { Json } from '../support/rehearse.ts'
import { onServer } from '../support/results.ts'

const plan = planOf('otter')
const runId = 'c5c7e2a4-3d5c-5e0f-9c7b-0f5a3d2b1c00'
const where = { at: 0, video: 'otter' }
const id = (workflow: number) => promptId(runId, jobsOf(plan)[workflow - 1]!.jobId, 1)
const stored = { bucket: 'b', name: 'n', size: 1, crc32c: 'c', md5: null, generation: '1' }

let root: string
let path: string
beforeEach(() => {
  root = temporaryFolder()
  path = join(root, 'state/calm-otter.jsonl')
  mkdirSync(dirname(path))
})

const events = (): RunEvent[] => [
  { kind: 'run-started', at: 0, runId, runName: 'calm-otter', dryRun: false, videos: ['otter'] },
  { kind: 'video-started', ...where, plan, skipped: [] },
  { kind: 'job-started', ...where, workflow: 2, promptId: id(2), attempt: 1, graph: '0'.repeat(64) },
  {
    kind: 'job-finished',
    ...where,
    workflow: 2,
    result: {
      kind: 'low',
      promptId: id(2),
      tookMs: 1,
      latent: null,
      video: { server: onServer('low.mp4'), copy: join(root, 'videos/otter_calm-otter_chunk_001.mp4') },
    },
  },
  { kind: 'reference-uploaded', ...where, chunk: 2, name: 'reference (1).png' },
  { kind: 'film-downloaded', ...where, file: join(root, 'final/otter.mp4'), bytes: 1, crc32c: 'c', frames: 120 },
  { kind: 'upload-finished', ...where, role: 'film', object: stored },
]
const write = (lines: readonly string[]) => writeFileSync(path, `${lines.join('\n')}\n`)
const lines = () => events().map(lineOf)
/** The journal with one line changed. */
function changed(kind: RunEvent['kind'], change: (event: Json) => void): string[] {
  return lines().map((line) => {
    const { [LINE_CHECK]: _, ...event } = JSON.parse(line)
    if (event.kind === kind) change(event)
    return JSON.stringify(event)
  })
}

it.each<[string, RunEvent['kind'], (event: Json) => void]>([
  ['a run whose name leads outside', 'run-started', (event) => Object.assign(event, { runName: '../../..' })],
  ['another run', 'run-started', (event) => Object.assign(event, { runName: 'bold-wren' })],
  ['a run without an id', 'run-started', (event) => Object.assign(event, { runId: 7 })],
  ['a run that may be a rehearsal', 'run-started', (event) => Object.assign(event, { dryRun: 'no' })],
  ['a video that is no name', 'video-started', (event) => Object.assign(event, { video: '../otter' })],
  ['the plan of another video', 'video-started', (event) => Object.assign(event.plan, { videoName: 'wren' })],
  ['a plan whose jobs have lost their numbers', 'video-started', (event) => event.plan.renderJobs.reverse()],
  ['skipped jobs that are no list', 'video-started', (event) => Object.assign(event, { skipped: 1 })],
  ['an attempt that is no number', 'job-started', (event) => Object.assign(event, { attempt: '1' })],
  ['an attempt without end', 'job-started', (event) => Object.assign(event, { attempt: 1e300 })],
  ['a prompt of another attempt', 'job-started', (event) => Object.assign(event, { attempt: 2 })],
  ['a graph without a digest', 'job-started', (event) => Object.assign(event, { graph: 'g' })],
  ['a job that is none', 'job-started', (event) => Object.assign(event, { workflow: 0 })],
  ['no result', 'job-finished', (event) => Object.assign(event, { result: null })],
  [
    'a file outside of the server',
    'job-finished',
    (event) => Object.assign(event.result.outputs.video, { subfolder: '../..' }),
  ],
  ['a file that is no name', 'job-finished', (event) => Object.assign(event.result.outputs.video, { filename: '..' })],
  ['a copy of something else', 'job-finished', (event) => Object.assign(event.result.files, { video: '/etc/passwd' })],
  [
    'the copy of another video',
    'job-finished',
    (event) => Object.assign(event.result.files, { video: '/videos/wren_calm-otter_chunk_001.mp4' }),
  ],
  ['a reference that is a path', 'reference-uploaded', (event) => Object.assign(event, { name: '../../key.png' })],
  ['a film that lies elsewhere', 'film-downloaded', (event) => Object.assign(event, { file: '/etc/final/passwd' })],
  ['an upload that is none', 'upload-finished', (event) => Object.assign(event, { object: {} })],
  ['an event of no kind', 'upload-finished', (event) => Object.assign(event, { kind: 'upload-done' })],
])('takes no line for its own that tells of %s', async (_, kind, change) => {
  write(changed(kind, change))
  const line = events().findIndex((event) => event.kind === kind) + 1
  expect(await failure(() => readRunState(path))).toEqual({
    code: 'PR_STATE',
    message: `Reading the state of an earlier run failed: ${path}:${line} is no event of this run`,
    hint: 'The file was edited or damaged, or another version wrote it. Remove the line and resume again: what it said is looked for on the server.',
  })
})

it('says of a digit that has changed that the line is not as it was written', async () => {
  write(lines().map((line) => line.replace(`"graph":"${'0'.repeat(64)}"`, `"graph":"1${'0'.repeat(63)}"`)))
  expect(await failure(() => readRunState(path))).toMatchObject({
    code: 'PR_STATE',
    message: `Reading the state of an earlier run failed: ${path}:3 is not as it was written`,
  })
})

it('reads a journal whose output folder was moved as of where it is now', () => {
  write(events().map((event) => lineOf(JSON.parse(JSON.stringify(event).replaceAll(root, '/elsewhere')))))
  const { done, film } = readRunState(path).videos['otter']!
  expect([done[2], film]).toMatchObject([
    { video: { copy: join(root, 'videos/otter_calm-otter_chunk_001.mp4') } },
    { path: join(root, 'final/otter.mp4') },
  ])
})

it('passes over what a power cut leaves in the place of a line', () => {
  const whole = lines()
  write(whole)
  const before = readRunState(path)
  write([...whole.slice(0, 3), '\0'.repeat(4096), `\0\0${whole[3]}`, ...whole.slice(4)])
  expect(readRunState(path)).toEqual(before)
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(4096)]))
  expect(readRunState(path)).toEqual(before)
})

it('takes the lines of one journal twice for once', () => {
  write(lines())
  const once = readRunState(path)
  write(lines().flatMap((line) => [line, line]))
  expect(readRunState(path).videos['otter']).toMatchObject({
    jobIds: once.videos['otter']!.jobIds,
    film: once.videos['otter']!.film,
  })
})
