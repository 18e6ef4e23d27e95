import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { journals, unchecked } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld } from '../support/simulated-world.ts'
import { callPr } from './call-pr.ts'

it('compares the last two runs, a rehearsal with a live run, too', async () => {
  const context = runContext()
  const { cwd } = context
  const diff = (...args: string[]) => callPr(['diff', ...args], { cwd })
  expect(await diff()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^PR_USAGE: pr diff compares the last two runs, and there is no run\n/),
  })
  const rehearsed = await context.rehearse(['--no-upload'])
  expect((await diff()).stderr).toMatch(/and there is only one run\n/)

  const live = await context.live(await simulatedWorld(), ['--no-upload'])
  const same = await diff()
  expect(same.stderr).toBe('')
  expect(same.stdout.split('\n')).toEqual([
    expect.stringMatching(/^[a-z]+-[a-z]+ \(dry run, done, 6 of 6 jobs done, .*\)$/),
    expect.stringMatching(/^→ [a-z]+-[a-z]+ \(done, 6 of 6 jobs done, .*\)$/),
    'No difference: 6 jobs, 0 uploads.',
    '',
  ])
  expect(same.exitCode).toBe(0)

  await context.rehearse(['--steps', '6'])
  const other = await diff(rehearsed.folder, live.summary.run_name)
  expect(other).toMatchObject({ exitCode: 0, stdout: 'No difference: 6 jobs, 0 uploads.\n' })
  const steps = await diff()
  expect(steps.exitCode).toBe(1)
  expect(steps.stdout).toContain('\n    Sampler (steps): 8 → 6\n')
})

it('compares what live runs have uploaded, and says which jobs other templates have made', async () => {
  const context = runContext()
  const { cwd, outputDir } = context
  const { summary } = await context.live(await simulatedWorld())
  const name: string = summary.run_name
  cpSync(outputDir, join(cwd, 'other'), { recursive: true })
  const journal = join(cwd, 'other/state', `${name}.jsonl`)
  const [first] = journals(outputDir)[name]!.filter(({ kind }) => kind === 'job-started')
  writeFileSync(journal, unchecked(readFileSync(journal, 'utf8')).replace(first.graph, '0'.repeat(64)))
  const diff = (...args: string[]) => callPr(['diff', name, name, ...args], { cwd })
  expect(await diff()).toMatchObject({ exitCode: 0, stdout: 'No difference: 6 jobs, 2 uploads.\n', stderr: '' })
  const { stderr } = await diff('--output-dir', 'other')
  expect(stderr).toContain(
    `warning: ${name} has sent otter high_noise_render 1 otherwise than these templates do: other ones may have been used (--workflows)\n`,
  )
})

it('wants two things or none', async () => {
  const { exitCode, stderr } = await callPr(['diff', 'wan22-two-chunks'])
  expect([exitCode, stderr]).toEqual([
    2,
    'PR_USAGE: pr diff needs two things to compare, or none\n  hint: `pr diff A B`, or `pr diff` for the last two runs\n',
  ])
})
