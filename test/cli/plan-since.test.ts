import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Json } from '../support/rehearse.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { refusal, simulatedWorld } from '../support/simulated-world.ts'
import { callPr } from './call-pr.ts'

const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--seed', '100']

/** A film of two chunks, whose fourth job the server did not take. */
async function broken() {
  let prompts = 0
  const world = await simulatedWorld((_, http) => async (request) => {
    const isPrompt = request.method === 'POST' && new URL(request.url).pathname === '/prompt'
    if (isPrompt) prompts += 1
    return isPrompt && prompts === 4 ? refusal() : http(request)
  })
  const context = runContext()
  const { exitCode, summary } = await context.live(world, ['--seed', '100', '--no-upload', '--max-retries', '0'])
  expect(exitCode).toBe(1)
  return { world, context, name: summary.run_name as string }
}

/** What a plan says of the last run, as lines. */
async function since({ cwd }: RunContext, name: string, ...flags: string[]) {
  const { exitCode, stdout } = await callPr(['plan', ...small, '--quiet', ...flags], { cwd })
  expect(exitCode).toBe(0)
  const lines = stdout.replaceAll(name, 'RUN').split('\n')
  return lines.slice(
    1,
    lines.findIndex((line) => line.startsWith('Estimate')),
  )
}

it('tells why each job runs since the last run, and what going on with that would not run again', async () => {
  const { world, context, name } = await broken()
  const head = 'Since the last run of otter, RUN (failed):'
  expect(await since(context, name)).toEqual([
    head,
    '  jobs 1–3: the same, done',
    '  job 4: the same, was begun, and is not done',
    '  jobs 5–6: the same, not begun',
    '  a new run makes 6 jobs; --resume RUN makes 3',
  ])
  expect((await since(context, name, '--resume')).slice(0, 2)).toEqual([
    'Going on with RUN (failed), for otter:',
    '  jobs 1–3: the same, done',
  ])
  expect((await since(context, name, '--resume', name)).at(-1)).toBe('  3 jobs to run, 3 skipped')
  expect(await since(context, name, '--chunk-seed', '2:7')).toEqual([
    head,
    '  jobs 1–2: the same, done',
    '  jobs 3–4: seed 101 → 7',
    '  job 5: the same, not begun',
    '  job 6: job 4 changed',
    '  a new run makes 6 jobs; --resume RUN makes 4',
  ])
  for (const file of context.files().filter((path) => path.endsWith('.mp4'))) rmSync(join(context.outputDir, file))
  expect((await since(context, name)).slice(1, 3)).toEqual([
    '  jobs 1, 3: the same, done',
    '  job 2: the same, done; its file here is lost, and comes from the server again',
  ])
  await callPr(['plan', ...small, '--steps', '6', '-o', 'plan.json'], { cwd: context.cwd })
  const { jobs } = JSON.parse(readFileSync(join(context.cwd, 'plan.json'), 'utf8'))
  expect(jobs.map(({ why }: Json) => why)).toEqual([
    ...Array(4).fill('steps 8 → 6'),
    ...['job 2 changed', 'job 4 and 5 changed'],
  ])
  const flags = ['--resume', name, '-o', 'plan.json', '--quiet']
  const { stdout } = await callPr(['plan', ...small, ...flags], { cwd: context.cwd })
  expect(stdout).toContain(
    `\nWritten to plan.json; run it, and nothing else, with: \`pr --plan plan.json --resume ${name}\`\n`,
  )
  const planned = ['--plan', 'plan.json', '--resume', name, '--no-upload']
  const { exitCode } = await context.live(world, planned, {}, { isBare: true })
  expect(exitCode).toBe(0)
  expect(await since(context, name)).toEqual([
    'Since the last run of otter, RUN (done):',
    '  jobs 1–6: the same, done, and the film is made',
  ])
})
