import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from '../cli/call-pr.ts'
import { filesIn, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { faultyWorld, refusal, simulatedWorld } from '../support/simulated-world.ts'

/** What a dry run rehearses, without --dry-run. `live-through-serve.test.ts` and `live-tls.test.ts` do it over real sockets. */
const files = { 'prompt_files/otter.txt': promptFile('otter', 24) }

it('keeps two runs of one video apart, and rehearses going on with the first', async () => {
  const [context, world] = [runContext(files), await simulatedWorld()]
  const live = async (...flags: string[]) => (await context.live(world, ['--no-upload', ...flags])).summary
  const first = await live()
  const second = await live('--seed', '5')
  expect(second.run_name).not.toBe(first.run_name)
  const videos = filesIn(join(context.outputDir, 'videos'))
  expect(videos).toEqual(
    [first, second]
      .flatMap(({ run_name }) => [1, 2].map((chunk) => `otter_${run_name}_chunk_00${chunk}.mp4`))
      .toSorted(),
  )

  const before = context.files()
  const rehearsed = await context.rehearse(['--json', '--resume', first.run_name])
  expect(JSON.parse(rehearsed.stdout)).toMatchObject({
    run_name: first.run_name,
    jobs: { done: 0, skipped: 6 },
    uploads: { videos: 1, manifests: 1 },
  })
  expect(context.files()).toEqual(before)

  const resumed = await live('--resume', first.run_name)
  expect(resumed).toMatchObject({ run_name: first.run_name, jobs: { done: 0, skipped: 6 } })
})

it('does not take what was only rehearsed for done', async () => {
  const context = runContext(files)
  const { folder, summary } = await context.rehearse()
  const before = filesIn(folder)
  const flags = ['--output-dir', folder, '--resume', 'otter', '--no-upload']
  const { exitCode, stderr } = await context.start(await simulatedWorld(), flags).ended
  expect(stderr).toBe(
    [
      `PR_STATE: --resume ${summary.run_name}: this was a dry run, so none of it is done`,
      '  hint: Start a new run without --resume, or give --dry-run to go on with the rehearsal.',
      '',
    ].join('\n'),
  )
  expect([exitCode, filesIn(folder)]).toEqual([2, before])
})

it('shows server and plan, and starts nothing when nobody agrees', async () => {
  const context = runContext(files)
  const run = await context.start(await simulatedWorld(), ['--no-upload'], { isAgreed: false }).ended
  expect(run.exitCode).toBe(2)
  const [asked, estimate, ...told] = run.stdout.trimEnd().split('\n').slice(-4)
  expect(asked).toMatch(/^Run [a-z]+-[a-z]+ on http:\/\/127\.0\.0\.1:\d+\/: ComfyUI 0\.3\.64, cpu$/)
  expect(estimate).toMatch(/^Estimate: none: ComfyUI runs on cpu, of which nothing is known\. /)
  expect(told).toEqual([
    `The film will lie in ${join(context.outputDir, 'final/otter.mp4')}, and nowhere else (--no-upload)`,
    'Nothing will be deleted: nothing is uploaded (--no-upload)',
  ])
  expect(run.stderr).toBe(
    'PR_NOT_CONFIRMED: "Start 6 jobs?" cannot be asked: there is no terminal to answer on\n  hint: give --yes to run without asking, or --dry-run to rehearse\n',
  )
  expect(filesIn(run.cwd)).toEqual(Object.keys(files))
})

it('says that ComfyUI does not answer, and leaves nothing behind', async () => {
  const cwd = temporaryFolder(files)
  const run = await callPr(['--yes', '--no-upload'], { cwd, env: { COMFYUI_URL: 'http://127.0.0.1:9' } })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('hint: start ComfyUI, or give its address with --comfyui-url')
  expect(filesIn(run.cwd)).toEqual(Object.keys(files))
})

it('says how to go on with a run that failed', async () => {
  const context = runContext(files)
  const smallFlags = '--width 64 --height 64 --frames-per-chunk 13'
  const world = await faultyWorld(/^comfyui POST \/prompt$/, 1, async () => refusal())
  const { summary } = await context.live(world, ['--no-upload'])
  expect(summary.failures).toMatchObject([
    {
      code: 'PR_RUN_FAILED',
      hint: `go on from there with\n    pr --yes ${smallFlags} --no-upload --json --output-dir output/prompt-runner --resume ${summary.run_name}`,
    },
  ])
})
