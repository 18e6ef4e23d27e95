import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { filesOf, type RunEvent } from '../../src/domain/run-event.ts'
import { eventOf } from '../../src/state/journal-line.ts'
import { runPr } from '../cli/run-pr.ts'
import { temporaryFolder } from '../support/rehearse.ts'
import { startServing } from '../support/serving.ts'

const golden = resolve('fixtures/golden/otter')

it('runs live against pr serve as it was rehearsed: the same prompts, files and frames', async () => {
  const serving = await startServing()
  onTestFinished(async () => void (await serving.stop()))
  const { args, files } = JSON.parse(readFileSync(join(golden, 'scenario.json'), 'utf8'))
  const cwd = temporaryFolder(files)
  const address = ['--comfyui-url', serving.facts.environment['COMFYUI_URL']!]
  const { exitCode, stderr } = await runPr([...address, '--no-upload', '--yes', ...args], { cwd })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const live = milestones(join(cwd, 'output/prompt-runner/state/clear-wren.jsonl'))
  expect(live.length).toBeGreaterThan(12)
  expect(live).toEqual(milestones(join(golden, 'run/state/clear-wren.jsonl')))
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
