import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import type { Json } from '../support/rehearse.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { promptsRun, promptsSent, type SimulatedWorld, simulatedWorld, stored } from '../support/simulated-world.ts'

const ALL = ['--upload', 'all']

/** A machine that dies when it would send its `dies`-th prompt. Gives the name of its run. */
async function dies(context: RunContext, world: SimulatedWorld, prompt: number, flags = ALL): Promise<string> {
  let sent = 0
  const diesAt = (asked: string, isAnswered: boolean) => {
    if (asked === 'comfyui POST /prompt' && !isAnswered) sent += 1
    return sent === prompt
  }
  await context.start(world, flags, { diesAt }).ended
  return Object.keys(journals(context.outputDir))[0]!
}

/** A world with the bucket of another one, and a server of its own. */
const withBucketOf = (other: SimulatedWorld) =>
  simulatedWorld((service, http) => (service === 'gcs' ? (request) => other.send('gcs', request) : http))

const started = (context: RunContext, name: string) =>
  context
    .journal(name)
    .filter(({ kind }) => kind === 'job-started')
    .map(({ workflow }) => workflow)

it.each([1, 2, 3, 4, 5, 6])(
  'goes on from the bucket, on a server that has nothing, where another machine died before prompt %i',
  async (prompt) => {
    const first = await simulatedWorld()
    const name = await dies(runContext(), first, prompt)
    const second = await withBucketOf(first)
    const context = runContext()
    const { exitCode, stderr } = await context.live(second, ['--resume', `gs://films/june/runs/${name}`])
    const again = prompt === 6 ? [5] : []
    expect(`${exitCode} ${stderr}`).toMatch(/^0 (warning: .*lost files.*\n)?$/)
    expect(promptsSent(second)).toBe(6 - prompt + 1 + again.length)
    expect(started(context, name)).toEqual([1, 2, 3, 4, 5, 6].flatMap((n) => (again.includes(n) ? [n, n] : [n])))
    expect((await stored(first, `june/otter/${name}/manifest.json`)).length).toBeGreaterThan(0)
    expect(readdirSync(join(context.outputDir, 'final'))).toEqual(['otter.mp4'])
  },
)

it('sends all that another machine needs, each under what it is, and deletes here what is in the bucket', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const { exitCode, stderr, summary } = await context.live(world, ALL)
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  const run = `june/runs/${summary.run_name}`
  const names = (await objects(world, run)).map((name) => name.slice(run.length + 1))
  const short = names.map((name) => name.replace(/[0-9a-f]{8}_|\d{12}/, '').replace(summary.run_name, 'RUN'))
  expect([...new Set(short)].toSorted()).toEqual(
    [
      'claim_001.json',
      ...[1, 2].flatMap((chunk) =>
        ['.mp4', '_high.latent', '_low.latent'].map((end) => `files/otter_RUN_chunk_00${chunk}${end}`),
      ),
      'files/otter_RUN_chunk_002_reference.png',
      'journal/.jsonl',
    ].toSorted(),
  )
  expect(context.files()).toEqual([
    'final/otter.mp4',
    ...['cleanup_otter_RUN.json', 'RUN.jsonl', 'manifest_otter_RUN.json', 'report_RUN.html', 'summary_RUN.json'].map(
      (file) => `state/${file.replace('RUN', summary.run_name)}`,
    ),
  ])
})

it('goes on where it died itself, and sends what the bucket lacks', async () => {
  const [context, world] = [runContext(), await simulatedWorld()]
  const name = await dies(context, world, 4)
  const { exitCode, stderr } = await context.live(world, ['--resume', name, ...ALL])
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(await promptsRun(world)).toBe(6)
  const journal = await Promise.all(
    (await objects(world, `june/runs/${name}/journal`)).map((object) => stored(world, object)),
  )
  const here = readFileSync(join(context.outputDir, `state/${name}.jsonl`))
  const shared = Buffer.concat(journal)
  expect(here.subarray(0, shared.length).equals(shared)).toBe(true)
  expect(
    String(here.subarray(shared.length))
      .split('\n')
      .map((line) => line && JSON.parse(line).kind),
  ).toEqual(['run-finished', ''])
})

it('shares what a run has made that was not shared from its start', async () => {
  const first = await simulatedWorld()
  const here = runContext()
  const name = await dies(here, first, 4, [])
  const again = { sent: 0 }
  const diesAt = (asked: string, isAnswered: boolean) => {
    if (asked === 'comfyui POST /prompt' && !isAnswered) again.sent += 1
    return again.sent === 1
  }
  await here.start(first, ['--resume', name, ...ALL], { diesAt }).ended
  const second = await withBucketOf(first)
  const there = runContext()
  const { exitCode, stderr } = await there.live(second, ['--resume', `gs://films/june/runs/${name}`])
  // The first latent stayed on the server, where nobody needs it any more; the second one was not brought home either.
  expect(`${exitCode} ${stderr}`).toMatch(
    /^0 warning: otter: ComfyUI has lost files of jobs that were done \(run again: 3; put back from the local copy: 2\)\n$/,
  )
  expect(promptsSent(second)).toBe(4)
})

it('does not go on here with a run that has gone on elsewhere', async () => {
  const first = await simulatedWorld()
  const here = runContext()
  const name = await dies(here, first, 4)
  const second = await withBucketOf(first)
  await runContext().live(second, ['--resume', `gs://films/june/runs/${name}`])
  const before = promptsSent(first)
  const { exitCode, stderr } = await here.live(first, ['--resume', name, ...ALL])
  expect(exitCode).toBe(2)
  expect(stderr).toBe(
    `PR_STATE: another machine goes on with this run: gs://films/june/runs/${name} has another journal\n  hint: Let it go on there, or take it back: --resume gs://films/june/runs/${name}, into another output directory.\n`,
  )
  expect(promptsSent(first)).toBe(before)
})

it('stops before its next job when another machine has taken the run over', async () => {
  let sent = 0
  let isClaimed = false
  const world: SimulatedWorld = await simulatedWorld((service, http) => async (request) => {
    if (service === 'comfyui' && request.method === 'POST' && request.url.endsWith('/prompt')) sent += 1
    const response = await http(request)
    if (sent !== 3 || isClaimed) return response
    isClaimed = true
    await claimElsewhere(world, name)
    return response
  })
  let name = ''
  const context = runContext()
  const onSaid = (text: string) => {
    name ||= /Run ([a-z]+-[a-z]+) on/.exec(text)?.[1] ?? ''
  }
  const { exitCode, stderr } = await context.start(world, ALL, { onSaid }).ended
  expect(exitCode).toBe(1)
  expect(stderr).toContain(
    `PR_STATE: another machine goes on with this run: gs://films/june/runs/${name} has a later claim\n`,
  )
  expect(sent).toBe(3)
})

async function objects(world: SimulatedWorld, prefix: string): Promise<string[]> {
  const url = `https://storage.googleapis.com/storage/v1/b/films/o?prefix=${encodeURIComponent(`${prefix}/`)}`
  const response = await world.send('gcs', new Request(url, { headers: { authorization: 'Bearer test' } }))
  return (((await response.json()) as Json).items ?? []).map((object: Json) => object.name)
}

async function claimElsewhere(world: SimulatedWorld, run: string): Promise<void> {
  const name = encodeURIComponent(`june/runs/${run}/claim_002.json`)
  const url = `https://storage.googleapis.com/upload/storage/v1/b/films/o?uploadType=media&name=${name}`
  await world.send('gcs', new Request(url, { method: 'POST', body: '{}', headers: { authorization: 'Bearer test' } }))
}

it('goes on from the bucket into a folder that has a part of the run already', async () => {
  const first = await simulatedWorld()
  const context = runContext()
  const name = await dies(context, first, 4)
  const video = join(context.outputDir, `videos/otter_${name}_chunk_001.mp4`)
  const whole = readFileSync(video)
  rmSync(video)
  const { exitCode, stderr, stdout } = await context.start(first, [
    '--resume',
    `gs://films/june/runs/${name}`,
    '--keep-intermediate',
  ]).ended
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(stdout).toContain(`Run ${name} was fetched from gs://films: its journal and 1 file\n`)
  expect(readFileSync(video).equals(whole)).toBe(true)
  expect(await promptsRun(first)).toBe(6)
})

it('takes no journal from the bucket for one that says something else', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const name = await dies(context, world, 3)
  const journal = join(context.outputDir, `state/${name}.jsonl`)
  const before = readFileSync(journal, 'utf8').replace(/"at":\d/, '"at":9')
  writeFileSync(journal, before)
  const address = `gs://films/june/runs/${name}`
  const { exitCode, stderr } = await context.live(world, ['--resume', address])
  expect(`${exitCode} ${stderr}`).toBe(
    `2 PR_STATE: --resume ${address}: ${journal} is the journal of another part of this run\n  hint: Both machines have gone on with it. Give another --output-dir to go on from the bucket.\n`,
  )
  expect(readFileSync(journal, 'utf8')).toBe(before)
})

it('says that there is no such run in the bucket', async () => {
  const { exitCode, stderr } = await runContext().live(await simulatedWorld(), [
    '--resume',
    'gs://films/june/runs/calm-otter',
  ])
  expect(`${exitCode} ${stderr}`).toBe(
    '2 PR_STATE: --resume gs://films/june/runs/calm-otter: there is no journal of a run\n  hint: Only a run with --upload all is shared. Check the address, or resume where the run was made.\n',
  )
})

it('goes on without the claim of a server that takes none, and says so', async () => {
  const world = await simulatedWorld((service, http) => async (request) => {
    const isClaim = service === 'comfyui' && request.url.endsWith('/upload/image') && !isClaimed
    if (!isClaim) return http(request)
    isClaimed = true
    return new Response('no', { status: 413 })
  })
  let isClaimed = false
  const { exitCode, stderr } = await runContext().live(world, ['--no-upload'])
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^warning: Whether another run takes the name \S+ in this moment is not known: .* 413.*\n$/)
})
