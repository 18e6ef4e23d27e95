import { expect, it } from 'vitest'
import { type Json, promptFile, rehearsalFolder, rehearse } from '../support/rehearse.ts'
import { type Running, startPr } from '../support/running.ts'

const files = { 'prompt_files/otter.txt': promptFile('otter', 24), 'prompt_files/wren.txt': promptFile('wren', 5) }
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']

const why =
  'PR_JOB_TIMEOUT: Job 2 has not moved for <waited>, longer than --job-timeout allows: node 10 is at 2 of 4 (a step took 00:00 at most)'
const hint =
  'hint: look into the log of ComfyUI and at the load of its GPU; give a longer --job-timeout when it only needs more time'

it('gives up a job that hangs, says what may still run and what that costs, and goes on from there', async () => {
  const hang = ['--fault', 'step 2 of job 2: hang', '--job-timeout', '30s', '--price', '0.79']
  const run = await rehearse([...small, ...hang], { files })
  // Behind a prompt that does not end no other video would begin.
  expect([run.exitCode, run.summary.jobs.done]).toEqual([1, 1])
  const whole = `pr --dry-run ${small.join(' ')} --job-timeout 30s --price 0.79 --resume ${run.summary.run_name} --output-dir <folder>`
  const said = run.stderr.replaceAll('*DRY-RUN* ', '').replaceAll(run.folder, '<folder>')
  // How long follows from the moments at which the queue is looked at.
  const waited = Number(/has not moved for 00:(\d\d)/.exec(said)?.[1])
  const ran = Number(/since [^(]*\(00:(\d\d)\)/.exec(said)?.[1])
  expect([waited >= 30, ran > waited]).toEqual([true, true])
  const masked = said
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
    .replaceAll(/moved for [\d:]+/g, 'moved for <waited>')
    .replaceAll(/since [^(]*\([\d:]+\)/g, 'since <time> (<ran>)')
  expect(masked).toBe(
    `warning: Prompt <id> was told to stop and still runs: it goes on costing until the server obeys
job 2/6 low chunk 1  failed (attempt 1)
otter failed: ${why}
  ${hint}
warning: Prompt <id> of job 2 (low, chunk 1 of otter) may still be waiting or running since <time> (<ran>); that costs $0.79/h (--price)
warning: To go on with it instead of paying for it twice:
    ${whole}
PR_RUN_FAILED: Not every video was finished: otter, wren
  otter: ${why}
    ${hint}
  wren: PR_RUN_FAILED: It was not begun: the run stopped at otter
  hint: go on from there with
    ${whole}
`,
  )
  const asked: string[] = run
    .json('traffic.har')
    .log.entries.map(({ request }: Json) => `${request.method} ${new URL(request.url).pathname}`)
  expect(asked.slice(asked.lastIndexOf('POST /queue'), -1)).toEqual([
    'POST /queue',
    'GET /queue',
    'POST /interrupt',
    ...Array.from({ length: 6 }, () => 'GET /queue'),
  ])

  const resumed = ['--resume', run.summary.run_name, '--output-dir', run.folder]
  const again = await rehearse([...small, ...resumed], { cwd: run.cwd })
  expect([again.exitCode, again.summary.jobs.skipped, again.summary.jobs.done]).toEqual([0, 1, 8])
})

it('looks whether the server obeys whoever cancels, and says when it does not', async () => {
  const cwd = rehearsalFolder(files)
  const running: Running = startPr(['--dry-run', ...small, '--fault', 'step 2 of job 2: hang'], {
    cwd,
    onSaid: (text) => {
      if (text.includes('job 2/6')) setTimeout(() => running.cancel(), 200)
    },
  })
  const { exitCode, stderr } = await running.ended
  expect(exitCode).toBe(130)
  expect(stderr).toContain(' was told to stop and still runs: it goes on costing until the server obeys\n')
})
