import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runPr } from '../cli/run-pr.ts'
import { filesIn, type Json, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { type Serving, startServing } from '../support/serving.ts'

// Each test starts several processes, one after the other.
vi.setConfig({ testTimeout: 120_000 })

/** Several live runs with one output directory, on a simulated ComfyUI on loopback. */
let serving: Serving
beforeAll(async () => {
  serving = await startServing()
})
afterAll(() => serving.stop())

const files = { 'prompt_files/otter.txt': promptFile('otter', 24) }
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']

/** A live run that keeps its film at home. */
async function live(cwd: string, ...flags: string[]) {
  const run = await runPr(['--yes', '--json', '--no-upload', ...small, ...flags], {
    cwd,
    env: { COMFYUI_URL: serving.facts.addresses['comfyui']! },
  })
  expect(`${run.exitCode} ${run.stderr}`).toBe('0 ')
  const summary: Json = JSON.parse(run.stdout)
  return { name: summary.run_name, film: summary.videos[0].film.slice(join(cwd, 'output/prompt-runner/').length) }
}

const filesOf = (name: string) => [
  `combined/otter_${name}_combine_002.mp4`,
  `references/otter_${name}_chunk_002_reference.png`,
  `state/cleanup_otter_${name}.json`,
  `state/${name}.jsonl`,
  `videos/otter_${name}_chunk_001.mp4`,
  `videos/otter_${name}_chunk_002.mp4`,
]

it('gives runs that start at the same moment a name, a journal and files of their own', async () => {
  const cwd = temporaryFolder(files)
  const runs = await Promise.all([live(cwd), live(cwd), live(cwd)])
  const names = runs.map(({ name }) => name)
  expect(new Set(names).size).toBe(3)
  const output = join(cwd, 'output/prompt-runner')
  expect(filesIn(output)).toEqual([...names.flatMap(filesOf), ...runs.map(({ film }) => film)].toSorted())
  for (const name of names) {
    const journal = readFileSync(join(output, `state/${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
    const events: Json[] = journal.map((line) => JSON.parse(line))
    expect(events.filter(({ kind }) => kind === 'run-started')).toMatchObject([{ runName: name }])
    expect(events.filter(({ kind }) => kind === 'job-finished').length).toBe(6)
    expect(JSON.parse(readFileSync(join(output, `state/cleanup_otter_${name}.json`), 'utf8'))).toMatchObject({
      run_name: name,
      delete: [],
    })
  }
})

it('never replaces a finished film, and says before it starts what the next one will be called', async () => {
  const cwd = temporaryFolder(files)
  const first = await live(cwd)
  expect(first.film).toBe('final/otter.mp4')
  const film = readFileSync(join(cwd, 'output/prompt-runner/final/otter.mp4'))

  const notice = (name: string) =>
    `  ! final/otter.mp4 is there from another run and stays; this film becomes final/otter_${name}.mp4\n`
  const rehearsed = await runPr(['--dry-run', ...small, '--seed', '5'], { cwd })
  const planned = /this film becomes final\/otter_([a-z]+-[a-z]+)\.mp4/.exec(rehearsed.stdout)?.[1]
  expect(rehearsed.stdout).toContain(notice(planned!))
  expect(rehearsed.stdout).toMatch(new RegExp(`otter: done, 24 frames in .*/output/final/otter_${planned}.mp4\n`))

  const second = await live(cwd, '--seed', '5')
  expect(second).toEqual({ name: planned, film: `final/otter_${planned}.mp4` })
  expect(readFileSync(join(cwd, 'output/prompt-runner/final/otter.mp4'))).toEqual(film)
  expect(readFileSync(join(cwd, 'output/prompt-runner', second.film))).not.toEqual(film)

  // What has its film already gets it again under no other name, unless it is planned otherwise.
  expect(await live(cwd, '--resume', first.name)).toEqual(first)
  expect(await live(cwd, '--resume', first.name, '--seed', '6')).toEqual({
    name: first.name,
    film: `final/otter_${first.name}.mp4`,
  })
  expect(readFileSync(join(cwd, 'output/prompt-runner/final/otter.mp4'))).toEqual(film)
})

it('never takes the files of an earlier run on the server for its own', async () => {
  const first = await live(temporaryFolder(files), '--seed', '7')
  const second = await live(temporaryFolder(files), '--seed', '7')
  expect(second.name).not.toBe(first.name)
  const history: Json = await (await fetch(`${serving.facts.addresses['comfyui']}/history`)).json()
  const prompts = Object.values<Json>(history).map(({ prompt }) => prompt[3].prompt_runner.run)
  for (const { name } of [first, second]) expect(prompts.filter((run) => run === name).length).toBe(6)
})
