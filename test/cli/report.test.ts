import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { promptFile, rehearse, runFolder } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld } from '../support/simulated-world.ts'
import { callPr } from './call-pr.ts'

const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
const files = { 'prompt_files/heron.txt': promptFile('heron', 13) }
const read = (path: string) => readFileSync(path, 'utf8')
/** What the page says of the run before. */
const since = (page: string) => /Compared with .*?<\/section>/s.exec(page)?.[0] ?? null

it('makes the page of a rehearsal anew, the same to the byte, wherever its folder is', async () => {
  const { cwd, folder } = await rehearse(small, { files })
  const first = read(join(folder, 'report.html'))
  writeFileSync(join(folder, 'report.html'), '')
  expect(await callPr(['report'], { cwd })).toMatchObject({ exitCode: 0, stdout: `Report: ${folder}/report.html\n` })
  expect(read(join(folder, 'report.html'))).toBe(first)

  const moved = join(cwd, 'kept')
  renameSync(folder, moved)
  expect(JSON.parse((await callPr(['report', 'kept', '--json'], { cwd })).stdout)).toEqual({
    report: join(moved, 'report.html'),
  })
  expect(read(join(moved, 'report.html'))).toBe(first)
})

it('says what is otherwise than in the run before', async () => {
  const start = (hour: number) => ({ SOURCE_DATE_EPOCH: String(1767225600 + 3600 * hour) })
  const { cwd, text } = await rehearse(small, { files, env: start(0) })
  expect(since(text('report.html'))).toBeNull()
  const same = await rehearse(small, { cwd, env: start(1) })
  expect(since(same.text('report.html'))).toContain('No difference: 3 jobs, 2 uploads.')
  const other = await rehearse([...small, '--steps', '6'], { cwd, env: start(2) })
  expect(since(other.text('report.html'))).toContain('Sampler (steps): 8 → 6\n')
})

it('tells of live runs what they have sent, and holds no secret of theirs', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const key = 'glade-4711-otter'
  const first = await context.live(world, ['--no-upload', '--seed', '1'])
  const second = await context.live(world, ['--no-upload', '--seed', '2', '--comfyui-header', `X-Pin: ${key}`])
  const pages = [first, second].map(({ summary }) =>
    read(join(context.outputDir, `state/report_${summary.run_name}.html`)),
  )
  expect(pages.map(since)).toEqual([null, expect.stringContaining('(noise_seed): 1 → 2\n')])
  for (const page of pages) {
    expect(page).toMatch(/"\\u003csvg .*"Sampler, noise_seed: /)
    expect(page).not.toContain(key)
  }
  const again = await callPr(['report', first.summary.run_name], { cwd: context.cwd })
  expect(again.exitCode).toBe(0)
})

it('is a warning, and no failure of the run, where it cannot be made', async () => {
  const context = runContext()
  const world = await simulatedWorld()
  const { summary } = await context.live(world, ['--no-upload'])
  const path = join(context.outputDir, `state/report_${summary.run_name}.html`)
  // A folder is where the page is to go.
  rmSync(path)
  mkdirSync(path)
  const again = await context.live(world, ['--no-upload', '--resume', summary.run_name])
  expect(again.exitCode).toBe(0)
  expect(again.stderr).toContain(`The report ${path} cannot be made: EISDIR`)
})

it.each([
  [['report'], 'there is no run'],
  [['report', 'calm-wren'], 'there is no run calm-wren'],
  [['report', 'prompt_files'], 'there is no run in '],
])('says that there is none, for %j', async (args, what) => {
  const { exitCode, stderr } = await callPr(args, { files })
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(`PR_USAGE: pr report: ${what}`) })
})

it('tells of a rehearsal that was killed what it had done', async () => {
  const { cwd, folder, summary } = await rehearse(small, { files })
  const journal = join(folder, 'state', `${summary.run_name}.jsonl`)
  writeFileSync(journal, read(journal).split('\n').slice(0, 5).join('\n'))
  expect((await callPr(['report', runFolder(cwd).folder], { cwd })).exitCode).toBe(0)
  expect(read(join(folder, 'report.html'))).toContain('not ended')
})

it('says in a sentence which files of a run somebody has changed', async () => {
  const { cwd, folder } = await rehearse(small, { files })
  const workflow = join(folder, 'workflows/workflow_001_high_noise_render.json')
  const report = async () => (await callPr(['report'], { cwd })).stderr
  writeFileSync(workflow, '{"workflow":{"1":{}}}')
  expect(await report()).toMatch(/^PR_STATE: The files of [a-z-]+ in .* are not as they were written: /)
  writeFileSync(workflow, '{')
  expect(await report()).toMatch(/^PR_STATE: .*workflow_001_high_noise_render.json is not JSON: /)
})
