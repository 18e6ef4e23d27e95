// Needs a process of its own, and sockets and programs of the system: `pr serve` is met as by another program, and what it gives is
// looked at by the real ffmpeg.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filesOf, type RunEvent } from '../../src/domain/run-event.ts'
import { eventOf } from '../../src/state/journal-line.ts'
import { callPr } from '../cli/call-pr.ts'
import { decoded, segmentLengths } from '../support/film.ts'
import { filesIn, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { type Serving, startServing } from '../support/serving.ts'

const golden = resolve('fixtures/golden/otter')
let serving: Serving
let live: (cwd: string, ...flags: string[]) => ReturnType<typeof callPr>
beforeAll(async () => {
  serving = await startServing()
  const address = ['--comfyui-url', serving.facts.environment['COMFYUI_URL']!]
  // Uploads are left out: Google's addresses are not for a configuration to change.
  live = (cwd, ...flags) => callPr([...address, '--no-upload', '--yes', ...flags], { cwd })
})
afterAll(() => serving.stop())

it('runs live against pr serve as it was rehearsed: the same prompts, files and frames', async () => {
  const { args, files } = JSON.parse(readFileSync(join(golden, 'scenario.json'), 'utf8'))
  const cwd = temporaryFolder(files)
  const { exitCode, stderr } = await live(cwd, ...args)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const done = milestones(join(cwd, 'output/prompt-runner/state/clear-wren.jsonl'))
  expect(done.length).toBeGreaterThan(12)
  expect(done).toEqual(milestones(join(golden, 'run/state/clear-wren.jsonl')))
})

it('renders, combines and keeps what is not uploaded', async () => {
  const run = await live(temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 150) }), '--json')
  expect(run.stderr).toBe('')
  const summary = JSON.parse(run.stdout)
  const name = summary.run_name
  const film = join(run.cwd, 'output/prompt-runner/final/otter.mp4')
  expect(summary).toMatchObject({
    dry_run: false,
    ok: true,
    folder: null,
    rehearsal: null,
    jobs: { total: 6, done: 6 },
    frames: { rendered: 150, kept: 150 },
    videos: [{ film, objects: [] }],
  })
  expect(decoded(film)).toEqual({ frames: 150, width: 480, height: 848, fps: 16 })
  expect(segmentLengths(film)).toEqual([101, 49])
  expect(filesIn(join(run.cwd, 'output/prompt-runner'))).toEqual([
    `combined/otter_${name}_combine_002.mp4`,
    'final/otter.mp4',
    `references/otter_${name}_chunk_002_reference.png`,
    `state/cleanup_otter_${name}.json`,
    `state/${name}.jsonl`,
    `state/report_${name}.html`,
    `state/summary_${name}.json`,
    `videos/otter_${name}_chunk_001.mp4`,
    `videos/otter_${name}_chunk_002.mp4`,
  ])
})

/** What a journal says that does not depend on clocks, folders and ffmpeg. */
function milestones(journal: string): object[] {
  const events: RunEvent[] = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map(eventOf)
  return events.flatMap((event): object[] => {
    const { kind } = event
    switch (kind) {
      case 'job-started':
        return [{ kind, workflow: event.workflow, promptId: event.promptId, attempt: event.attempt }]
      case 'job-finished':
        return [
          { kind, workflow: event.workflow, files: filesOf(event.result).map(([role, { server }]) => [role, server]) },
        ]
      case 'reference-uploaded':
        return [{ kind, chunk: event.chunk, name: event.name }]
      case 'film-downloaded':
      case 'video-finished':
        return [{ kind, frames: event.frames }]
      default:
        return []
    }
  })
}
