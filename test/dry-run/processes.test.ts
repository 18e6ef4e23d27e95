// Needs processes of its own: they are killed, get signals, run at the same time, and share nothing. What comes of runs that were cut
// off is told in process, by resume, adopt and live-deaths.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { runPr } from '../cli/run-pr.ts'
import { journals } from '../support/journals.ts'
import { startLive, until } from '../support/live-process.ts'
import { startWorld } from '../support/live-world.ts'
import {
  filesIn,
  type Json,
  promptFile,
  rehearsalFolder,
  rehearse,
  runFolder,
  temporaryFolder,
} from '../support/rehearse.ts'
import { contents } from '../support/run-contents.ts'
import type { Change } from '../support/simulated-world.ts'

const small = ['--no-upload', '--width', '64', '--height', '64', '--frames-per-chunk', '13']

/** A live process whose first prompt runs, and stays running until `finish` lets the server's time go on. */
async function running(change?: Change) {
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>()
  onTestFinished(() => finish())
  const clock = virtualClock(Date.now(), 0)
  const world = await startWorld(change, {
    ...clock,
    async sleep(ms, signal) {
      // The server's own pauses are shorter than any node's work.
      if (ms > 10) await finished
      return clock.sleep(ms, signal)
    },
  })
  const ask = async (path: string): Promise<Json> => (await fetch(world.env['COMFYUI_URL'] + path)).json()
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 13) })
  const outputDir = join(cwd, 'output/prompt-runner')
  const options = { cwd, env: world.env }
  const first = startLive(small, options)
  await until(async () => (await ask('/queue')).queue_running[0])
  const [name = ''] = Object.keys(journals(outputDir))
  const events = (kind: string) => journals(outputDir)[name]!.filter((event) => event.kind === kind)
  return {
    world,
    ask,
    finish,
    outputDir,
    first,
    name,
    events,
    resume: () => startLive([...small, '--resume', name], options).ended,
  }
}

it('refuses to go on with a run in progress, and follows its prompt when its process was killed', async () => {
  const { ask, finish, outputDir, first, name, events, resume } = await running()
  const refused = await resume()
  expect([refused.exitCode, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr).toMatch(
    new RegExp(
      `^PR_STATE: --resume ${name}: this run is in progress: process ${first.child.pid} on \\S+, since 20\\S+Z\n  hint: Two processes on one run would pay for each job twice: wait for the other one, or stop it.\n$`,
    ),
  )
  first.child.kill('SIGKILL')
  await first.ended
  const resumed = resume()
  await until(() => events('job-adopted')[0])
  finish()
  const { exitCode, stderr, stdout } = await resumed
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain('job 1/3 high chunk 1  is still on the server: goes on with it\n')
  // Each job was paid for once.
  expect(events('job-started').map(({ workflow, attempt }) => `${workflow}.${attempt}`)).toEqual(['1.1', '2.1', '3.1'])
  expect(Object.keys(await ask('/history')).length).toBe(3)
  expect(filesIn(outputDir).filter((file) => /lock|part/.test(file))).toEqual([])
})

it('finishes the job at the first Ctrl-C, interrupts at the second, and leaves at the third, saying what is left', async () => {
  let isAsked = false
  const { first, events } = await running((_, http) => (request) => {
    if (request.method !== 'POST' || !request.url.endsWith('/queue')) return http(request)
    // The server takes the withdrawal of the prompt and never answers.
    isAsked = true
    return new Promise(() => {})
  })
  const said = (text: string) => until(() => first.stderr().includes(text) || undefined)
  first.child.kill('SIGINT')
  await said('Press it again to interrupt that job on the server.\n')
  expect(isAsked).toBe(false)
  first.child.kill('SIGINT')
  await said('Press it again to leave at once.\n')
  await until(() => isAsked || undefined)
  first.child.kill('SIGINT')
  const { exitCode, stderr } = await first.ended
  const [{ promptId }] = events('job-started') as [Json]
  expect([exitCode, stderr.split('\n').slice(2, 4)]).toEqual([
    130,
    [
      'warning: Left at once; what was going on goes on by itself',
      expect.stringContaining(`Prompt ${promptId} of job 1 (high, chunk 1 of otter) may still be waiting or running`),
    ],
  ])
  expect(stderr).toMatch(/\ngo on from there with\n {4}node .* --yes --no-upload .* --resume [a-z]+-[a-z]+\n$/)
  expect(events('run-finished')).toEqual([])
})

it('gives runs that start at the same moment a name, a journal and files of their own', async () => {
  const { env } = await startWorld()
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) })
  const runs = await Promise.all(
    [1, 2, 3].map(async () => {
      const { exitCode, stderr, stdout } = await startLive([...small, '--json'], { cwd, env }).ended
      expect(`${exitCode} ${stderr}`).toBe('0 ')
      const summary: Json = JSON.parse(stdout)
      return { name: summary.run_name, film: relative(join(cwd, 'output/prompt-runner'), summary.videos[0].film) }
    }),
  )
  const names = runs.map(({ name }) => name)
  expect(new Set(names).size).toBe(3)
  const output = join(cwd, 'output/prompt-runner')
  expect(filesIn(output)).toEqual([...names.flatMap(filesOf), ...runs.map(({ film }) => film)].toSorted())
  for (const name of names) {
    const events = journals(output)[name]!
    expect(events.filter(({ kind }) => kind === 'run-started')).toMatchObject([{ runName: name }])
    expect(events.filter(({ kind }) => kind === 'job-finished').length).toBe(6)
    expect(JSON.parse(readFileSync(join(output, `state/cleanup_otter_${name}.json`), 'utf8'))).toMatchObject({
      run_name: name,
      delete: [],
    })
  }
})

const filesOf = (name: string) => [
  `combined/otter_${name}_combine_002.mp4`,
  `references/otter_${name}_chunk_002_reference.png`,
  `state/cleanup_otter_${name}.json`,
  `state/${name}.jsonl`,
  `state/report_${name}.html`,
  `state/summary_${name}.json`,
  `videos/otter_${name}_chunk_001.mp4`,
  `videos/otter_${name}_chunk_002.mp4`,
]

it('leaves a run folder to go on from when a rehearsal is killed', async () => {
  const cwd = rehearsalFolder({
    'prompt_files/1.txt': promptFile('heron', 60),
    'prompt_files/2.txt': promptFile('otter', 303),
  })
  const kill = `import { readdirSync } from 'node:fs'
    setInterval(() => {
      const folder = readdirSync('.').find((name) => name.startsWith('temp_dry_run_'))
      if (folder && readdirSync(folder + '/workflows').length >= 7) process.kill(process.pid, 'SIGKILL')
    }, 1).unref()`
  const env = { NODE_OPTIONS: `--import ${join(temporaryFolder({ 'kill.mjs': kill }), 'kill.mjs')}` }
  const killed = await runPr(['--dry-run'], { cwd, env })
  expect(killed.exitCode).toBe(-1)
  const first = runFolder(cwd)
  expect(first.summary).toBe(null)
  // The file is a whole one at any time.
  expect(first.json('traffic.har').log.entries.length).toBeGreaterThan(7)

  const { exitCode, stderr, summary } = await rehearse(['--resume', 'otter', '--output-dir', first.folder], { cwd })
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
    ['heron', 'finished'],
    ['otter', 'finished'],
  ])
  // The signal comes when the workflow was sent, or a moment later; what was done before it is done.
  const { skipped, ...jobs } = summary.jobs
  expect(skipped).toBeGreaterThanOrEqual(3 + 3)
  expect(jobs).toMatchObject({ total: 12, done: 12 - skipped, failed_attempts: 0 })
})

it('gives runs of one second a folder each', async () => {
  const cwd = rehearsalFolder({ 'prompt_files/1.txt': promptFile('heron', 5) })
  const env = { SOURCE_DATE_EPOCH: '1767225600' }
  const runs = await Promise.all([1, 2, 3].map(() => runPr(['--dry-run'], { cwd, env })))
  expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
  const stamp = 'temp_dry_run_20260101_000000'
  const folders = runs.map(({ stdout }) => /Run folder: (.*)/.exec(stdout)?.[1]).toSorted()
  expect(folders).toEqual([stamp, `${stamp}_2`, `${stamp}_3`].map((name) => join(cwd, name)))
  expect(runFolder(cwd).summary.folder).toBe(join(cwd, `${stamp}_3`))
})

it('gives identical bytes for the same command at the same time, wherever it runs', async () => {
  const run = async () => {
    const cwd = rehearsalFolder()
    const result = await runPr(['--dry-run'], { cwd, env: { SOURCE_DATE_EPOCH: '1767225600' } })
    return { ...result, ...runFolder(cwd) }
  }
  const [first, second] = await Promise.all([run(), run()])
  expect(contents(second)).toEqual(contents(first))
  expect(second.stdout.replaceAll(second.cwd, '')).toBe(first.stdout.replaceAll(first.cwd, ''))
})
