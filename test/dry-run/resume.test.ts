import { appendFileSync, copyFileSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { decoded, segmentLengths } from '../support/film.ts'
import { cutJournal } from '../support/journals.ts'
import { type Json, promptFile, type Rehearsed, rehearsalFolder, rehearse, runFolder } from '../support/rehearse.ts'
import { startPr } from '../support/running.ts'

/** Workflows 1 to 3 are heron's, 4 to 12 otter's: HIGH and LOW of three chunks, then three combine jobs. */
const files = { 'prompt_files/1.txt': promptFile('heron', 60), 'prompt_files/2.txt': promptFile('otter', 303) }
const env = { SOURCE_DATE_EPOCH: '1767225600' }

/** A rehearsal that `stop` ends as soon as it says `text`. */
async function stopped(text: string, stop: 'cancel' | 'die', flags: readonly string[] = []) {
  const cwd = rehearsalFolder(files)
  const onSaid = (said: string) => {
    if (said.includes(text)) running[stop]()
  }
  const running = startPr(['--dry-run', ...flags], { cwd, env, onSaid })
  const run = { ...(await running.ended), ...runFolder(cwd) }
  return { run, name: journalOf(run).replace(/^state\/|\.jsonl$/g, '') }
}

/** The same command again, going on from the state that the first part left. */
function resumed(first: Rehearsed, name: string, flags: readonly string[] = []): Promise<Rehearsed> {
  return rehearse(['--resume', name, '--output-dir', first.folder, ...flags], { cwd: first.cwd, env })
}

const bytesOf = ({ folder, files }: Rehearsed) =>
  files.map((file) => [file, readFileSync(join(folder, file)).toString('base64')])
const journalOf = ({ files }: Rehearsed) => files.find((file) => /^state\/.*\.jsonl$/.test(file))!
const journal = (run: Rehearsed): Json[] =>
  run
    .text(journalOf(run))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

it.each([
  ['LOW, which needs a latent and a reference image', 4, 'low chunk 2', 3],
  ['HIGH, which needs a reference image', 5, 'high chunk 3', 4],
  ['a combine job, which needs a film and a video', 8, 'combine chunk 2', 7],
])('goes on after the machine died before %s', async (_, job, what, done) => {
  const { run: first, name } = await stopped(`job ${job}/9 ${what}  started`, 'die')
  expect(first.summary).toBe(null)
  // The file is a whole one at any time.
  expect(first.json('traffic.har').log.entries.length).toBeGreaterThan(0)
  const before = bytesOf(first)

  const second = await resumed(first, name)
  expect(`${second.exitCode} ${second.stderr}`).toBe('0 ')
  expect(second.folder).not.toBe(first.folder)
  expect(second.summary.run_name).toBe(name)
  expect(second.summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
    ['heron', 'finished'],
    ['otter', 'finished'],
  ])
  expect(second.summary.jobs).toMatchObject({ total: 12, skipped: 3 + done, done: 9 - done, failed_attempts: 0 })
  const film = join(second.folder, 'output/final/otter.mp4')
  expect(decoded(film)).toEqual({ frames: 303, width: 480, height: 848, fps: 16 })
  expect(segmentLengths(film)).toEqual([101, 101, 101])

  expect(second.stdout).toMatch(/otter: the simulated server is given \d+ files? that the real one holds/)
  const started = journal(second).filter(({ kind }) => kind === 'job-started')
  const again = started.filter(({ attempt }) => attempt > 1)
  expect(again.map(({ video, workflow }) => `${video} ${workflow}`)).toEqual([`otter ${job}`])
  expect(new Set(started.map(({ promptId }) => promptId)).size).toBe(started.length)
  // The state of the first part was read as a copy.
  expect(bytesOf(first)).toEqual(before)
})

it('withdraws the running prompt and says how to go on when it is cancelled', async () => {
  const { run: first, name } = await stopped('job 1/3 high chunk 1  Positive', 'cancel', ['--speed', '1000'])
  expect(first.exitCode).toBe(130)
  const whole = `pr --dry-run --speed 1000 --resume ${name} --output-dir ${first.folder}`
  expect(first.stderr).toBe(
    [
      'job 1/3 high chunk 1  cancelled',
      'heron failed: PR_CANCELLED: The run was cancelled; what is done is recorded',
      'PR_CANCELLED: The run was cancelled; what is done is recorded',
      '  hint: go on from there with',
      `    ${whole}`,
      '',
    ]
      .map((line) => (line === '' ? '' : `*DRY-RUN* ${line}`))
      .join('\n'),
  )
  const [{ prompt_id: id }] = first.files
    .filter((file) => file.startsWith('workflows/'))
    .map((file) => first.json(file))
  const requests: string[] = first.json('traffic.har').log.entries.map(({ request }: Json) => {
    const { pathname } = new URL(request.url)
    return `${request.method} ${pathname}${pathname === '/prompt' ? '' : ` ${request.postData?.text ?? ''}`}`
  })
  // It looks until the prompt has ended.
  expect(requests.filter((line, index) => line !== requests[index - 1])).toEqual([
    'POST /prompt',
    `POST /queue {"delete":["${id}"]}`,
    'GET /queue ',
    `POST /interrupt {"prompt_id":"${id}"}`,
    'GET /queue ',
    'GET /ws ',
  ])
  expect(first.summary).toMatchObject({ ok: false, exit_code: 130, jobs: { total: 12, done: 0 } })
  expect(journal(first).map(({ kind }) => kind)).toEqual([
    'run-started',
    'video-started',
    'job-started',
    'job-failed',
    'video-failed',
    'run-finished',
  ])

  const second = await resumed(first, name)
  expect(`${second.exitCode} ${second.stderr}`).toBe('0 ')
  expect(second.summary.jobs).toMatchObject({ total: 12, done: 12, skipped: 0 })
})

/** A rehearsal that is done. Those that go on with it leave its folder as it is. */
let done: Rehearsed
beforeAll(async () => {
  done = await rehearse([], { files, env })
})

it('does nothing twice when everything is done', async () => {
  const second = await resumed(done, done.summary.run_name)
  expect(second.exitCode).toBe(0)
  expect(second.summary).toMatchObject({
    jobs: { total: 12, done: 0, skipped: 12 },
    frames: { rendered: 0, kept: 363 },
    uploads: { videos: 0, manifests: 0 },
  })
  expect(second.summary.rehearsal.requests).toEqual({})
})

it('renders again what was planned differently', async () => {
  const second = await resumed(done, done.summary.run_name, ['--steps', '10', '--no-upload'])
  expect(`${second.exitCode} ${second.stderr}`).toBe('0 ')
  expect(second.summary.jobs).toMatchObject({ total: 12, done: 12, skipped: 0 })
})

it('refuses at once to render a film whose place in the bucket is taken by the earlier one', async () => {
  const name = done.summary.run_name
  const before = readdirSync(done.cwd)
  const second = await resumed(done, name, ['--steps', '10'])
  expect(second.exitCode).toBe(2)
  expect(second.stderr).toContain(
    `PR_STATE: --resume ${name}: its film of heron is in the bucket already (gs://dry-run/heron/${name}/heron.mp4), and would be another one now\n`,
  )
  expect(readdirSync(done.cwd)).toEqual(before)
})

it('renders a changed film for another bucket, on a server that has what did not change', async () => {
  const second = await resumed(done, done.summary.run_name, ['--bucket', 'gs://elsewhere', '--fps', '20'])
  expect(second.exitCode).toBe(0)
  expect(second.stderr).toBe('')
  // The rate is LOW's: of each video HIGH's first latent is still what is wanted.
  expect(second.summary.jobs).toMatchObject({ total: 12, done: 10, skipped: 2 })
  expect(second.summary.uploads).toMatchObject({ videos: 2, manifests: 2 })
})

it('says which runs there are when the name is none of them, and makes no folder', async () => {
  const before = readdirSync(done.cwd)
  const second = await resumed(done, 'nobody')
  expect(second.exitCode).toBe(2)
  expect(readdirSync(done.cwd)).toEqual(before)
  expect(second.stderr.replaceAll(done.cwd, '<cwd>')).toBe(
    `*DRY-RUN* PR_STATE: --resume nobody: there is no run and no video of that name in <cwd>/temp_dry_run_20260101_000000/state
*DRY-RUN*   hint: Known runs: ${done.summary.run_name}
`,
  )
})

it('finds a run by the name of a video, and uploads what was left at home', async () => {
  const first = await rehearse(['--no-upload'], { files, env })
  const second = await resumed(first, 'otter')
  expect(`${second.exitCode} ${second.stderr}`).toBe('0 ')
  expect(second.summary).toMatchObject({
    run_name: first.summary.run_name,
    jobs: { total: 12, done: 0, skipped: 12 },
    uploads: { videos: 2, manifests: 2 },
  })
  expect(Object.keys(second.summary.rehearsal.requests).toSorted()).toEqual(['gcs', 'metadata'])
  // The films lie in the folder of the first part, which is not this run's to clean up.
  expect(second.json('state/cleanup_otter.json')).toMatchObject({ delete: [] })
  expect(bytesOf(first).length).toBe(first.files.length)
})

it('makes up for a clean-up that was cut short, and for nothing else', async () => {
  const one = { 'prompt_files/1.txt': promptFile('heron', 60) }
  const first = await rehearse([], { files: one, env })
  cutJournal(join(first.folder, journalOf(first)), ({ kind }) => kind === 'cleanup')
  const second = await resumed(first, 'heron')
  expect(`${second.exitCode} ${second.stderr}`).toBe('0 ')
  expect(second.summary).toMatchObject({ jobs: { done: 0, skipped: 3 }, uploads: { videos: 0, manifests: 0 } })
  const kinds = journal(second).map(({ kind }) => kind)
  expect(kinds.slice(kinds.lastIndexOf('video-started'))).toEqual([
    'video-started',
    'cleanup',
    'video-finished',
    'run-finished',
  ])
  const third = await rehearse(['--resume', 'heron', '--output-dir', second.folder], { cwd: first.cwd, env })
  expect(journal(third).filter(({ kind }) => kind === 'cleanup').length).toBe(1)
})

it('renders again what is made from another picture, control video or template', async () => {
  const yaml = (more: string) => `video_name: heron\ntotal_frames: 13\npositive_prompt: A heron.\n${more}`
  const cwd = rehearsalFolder({
    'prompt_files/heron.yaml': yaml('reference_image: start.png\n'),
  })
  const image = join(cwd, 'prompt_files/start.png')
  copyFileSync('fixtures/prompt_files/films/dunes.png', image)
  cpSync('fixtures/workflows/vhs', join(cwd, 'own'), { recursive: true })
  const args = ['--no-upload', '--width', '64', '--height', '64']
  const first = await rehearse([...args], { cwd, env })
  const skipped = async (...more: string[]) => {
    const again = await resumed(first, 'heron', [...args, ...more])
    expect(`${again.exitCode} ${again.stderr}`).toBe('0 ')
    return again.summary.jobs.skipped
  }
  expect(await skipped()).toBe(3)
  expect(await skipped('--workflows', 'own')).toBe(0)
  const own = await rehearse([...args, '--workflows', 'own'], { cwd, env })
  const combine = join(cwd, 'own/combine.json')
  const titled = readFileSync(combine, 'utf8').replace('"Batch Images"', '"Both parts"')
  expect(titled).not.toBe(readFileSync(combine, 'utf8'))
  writeFileSync(combine, titled)
  const mended = await resumed(own, 'heron', [...args, '--workflows', 'own'])
  expect(`${mended.exitCode} ${mended.stderr}`).toBe('0 ')
  expect(mended.summary.jobs).toMatchObject({ done: 1, skipped: 2 })
  // What follows the end of a PNG is no part of the picture, but of the file.
  appendFileSync(image, 'more')
  expect(await skipped()).toBe(0)
})
