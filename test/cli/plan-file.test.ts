import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { flagOf } from '../../src/config/setting.ts'
import { settingRows } from '../../src/config/setting-table.ts'
import { type Json, promptFile, rehearse, temporaryFolder } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { promptsSent, type SimulatedWorld, simulatedWorld } from '../support/simulated-world.ts'
import { templateFolder } from '../support/template-folder.ts'
import { callPr } from './call-pr.ts'

const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
const picture = readFileSync(new URL('../../fixtures/prompt_files/films/dunes.png', import.meta.url))
const yaml = 'video_name: otter\ntotal_frames: 24\npositive_prompt: An otter\nreference_image: otter.png\n'

/** A folder with a film of two chunks that begins with a picture, and its plan. */
async function planned(flags: readonly string[] = []) {
  const cwd = temporaryFolder({ 'otter.yaml': yaml })
  writeFileSync(join(cwd, 'otter.png'), picture)
  const args = ['plan', '--prompt-file', 'otter.yaml', ...small, ...flags, '-o', 'plan.json', '--quiet']
  const { exitCode, stdout, stderr } = await callPr(args, { cwd })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return { cwd, args, stdout, file: join(cwd, 'plan.json') }
}

/** The plan of a film that no test changes. */
let kept: ReturnType<typeof planned> | undefined
const keptPlan = () => {
  kept ??= planned()
  return kept
}

const read = (file: string): Json => JSON.parse(readFileSync(file, 'utf8'))

it('writes what a plan is made from, the same for the same, byte for byte', async () => {
  const { cwd, args, file, stdout } = await planned()
  expect(stdout).toMatch(/\nWritten to plan\.json; run it, and nothing else, with: `pr --plan plan\.json`\n$/)
  const { facts, jobs, ...rest } = read(file)
  const lines = [
    ...facts.map(({ part, film, name, value }: Json) => `${part} · ${film ?? 'all films'} · ${name}: ${value}`),
    ...jobs.map(
      ({ film, number, kind, chunk, id }: Json) => `job ${number} of ${film}: ${kind} of chunk ${chunk}, ${id}`,
    ),
  ]
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('expected/plan-file.txt')
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(facts.map((fact: Json) => fact.digest)).toEqual(facts.map(() => digest))
  expect(rest).toEqual({
    format: 'prompt-runner plan 1',
    options: ['--prompt-file', 'otter.yaml', ...small],
    server: { from: 'recording', name: 'wan22-two-chunks' },
    estimate: null,
    digest,
  })
  const before = readFileSync(file, 'utf8')
  await callPr(args, { cwd })
  expect(readFileSync(file, 'utf8')).toBe(before)
})

it('plans by every setting that decides a film, as they are given to a run', async () => {
  const flags = settingRows.flatMap(([name, row]) => (row.group === 'Plan' ? [`--${flagOf(name, row)}`] : []))
  const { stdout } = await callPr(['plan', '--help'])
  expect(flags.filter((flag) => !stdout.includes(`${flag} `))).toEqual([])
  const { cwd, file } = await planned(['--combine', 'once'])
  expect(read(file).options).toEqual(['--prompt-file', 'otter.yaml', ...small, '--combine', 'once'])
  const { exitCode, summary } = await rehearse(['--plan', 'plan.json'], { cwd })
  expect([exitCode, summary.jobs.combine]).toEqual([0, 0])
})

it('rehearses a plan without any more flags, and says that it holds', async () => {
  const { cwd, file } = await planned()
  const check = await callPr(['plan', '--plan', 'plan.json', '--quiet'], { cwd })
  expect([check.exitCode, check.stdout.trimEnd().split('\n').at(-1)]).toEqual([
    0,
    'plan.json holds: nothing has changed since it was made',
  ])
  const { exitCode, stderr, summary, text } = await rehearse(['--plan', 'plan.json', '--quiet'], { cwd })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  const events: Json[] = text(`state/${summary.run_name}.jsonl`)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { plan } = events.find(({ kind }) => kind === 'video-started')
  const made = [...plan.renderJobs, ...plan.combineJobs].map(({ jobId }: Json) => jobId)
  expect(made).toEqual(read(file).jobs.map(({ id }: Json) => id))
})

it('refuses a plan with everything that has changed since', async () => {
  const { cwd } = await planned()
  writeFileSync(join(cwd, 'otter.yaml'), yaml.replace('An otter', 'Two otters').replace('24', '25'))
  writeFileSync(join(cwd, 'otter.png'), Buffer.concat([picture, Buffer.from('more')]))
  const flags = ['--steps', '6', '--high-model', 'other.safetensors', '--recording', 'comfyui-smoke', '--quiet']
  const { transcript } = await callPr(['plan', '--plan', 'plan.json', ...flags], { cwd })
  await expect(transcript).toMatchFileSnapshot('expected/plan-stale.txt')
  const run = await rehearse(['--plan', 'plan.json', ...flags], { cwd })
  expect([run.exitCode, run.files]).toEqual([2, []])
  expect(run.stderr.replaceAll('*DRY-RUN* ', '').split('\n').slice(0, -2)).toEqual(transcript.split('\n').slice(1, -3))
})

it('says that a plan is stale whose prompts or templates have moved', async () => {
  const folder = templateFolder({})
  const { cwd } = await planned(['--workflows', folder])
  const refusal = async (args: readonly string[]) => {
    const { exitCode, stderr } = await callPr(args, { cwd })
    return [exitCode, ...stderr.replaceAll('*DRY-RUN* ', '').replaceAll(folder, 'own').trimEnd().split('\n')]
  }
  const first =
    'PR_STATE: the plan plan.json is stale: what it was made from cannot be planned any more, and nothing was run'
  const hint = '  hint: put back what has moved or changed, or plan what there is now: `pr plan --help` says how'
  renameSync(join(cwd, 'otter.yaml'), join(cwd, 'heron.yaml'))
  expect(await refusal(['plan', '--plan', 'plan.json'])).toEqual([
    2,
    first,
    '  otter.yaml: There is no such file.',
    hint,
  ])
  expect(await refusal(['--dry-run', '--plan', 'plan.json'])).toEqual([
    2,
    first,
    '  otter.yaml: There is no such file.',
    hint,
  ])
  const elsewhere = ['plan', '--plan', 'plan.json', '--prompt-dir', 'gone']
  expect((await refusal(elsewhere))[2]).toMatch(/PR_NO_PROMPTS: There is no folder gone/)
  renameSync(join(folder, 'render.json'), join(folder, 'moved.json'))
  expect((await refusal(['plan', '--plan', 'plan.json'])).slice(0, 2)).toEqual([2, first])
  expect((await refusal(['plan', '--plan', 'plan.json', '--workflows', 'gone']))[1]).toMatch(/^PR_USAGE/)
})

it('tells which template changed, and takes the same in another form for the same', async () => {
  const folder = templateFolder({})
  const render = join(folder, 'render.json')
  const { cwd } = await planned(['--workflows', folder])
  const check = async () => {
    const { stderr } = await callPr(['plan', '--plan', 'plan.json', '--quiet'], { cwd })
    return stderr.replaceAll(folder, 'own').split('\n').slice(1, -2)
  }
  const text = readFileSync(render, 'utf8')
  writeFileSync(render, JSON.stringify(JSON.parse(text)))
  expect(await check()).toEqual([])
  writeFileSync(render, text.replace('"euler"', '"heun"'))
  expect(await check()).toEqual(['  template: render: what is in own/render.json has changed'])
})

it.each([
  ['is not there', () => null],
  ['is cut off', (text: string) => text.slice(0, 200)],
  ['is another JSON', () => '{"prompt": 1}'],
  ['is of another version', (text: string) => text.replace('plan 1', 'plan 7')],
  ['lacks a part', (text: string) => text.replace('"kind": "high"', '"kind": "higher"')],
  ['was edited', (text: string) => text.replace('"An otter"', '"An Otter"')],
])('refuses a plan that %s', async (what, change) => {
  const { cwd, file } = await keptPlan()
  const text = change(readFileSync(file, 'utf8'))
  if (text !== null) writeFileSync(join(cwd, 'other.json'), text)
  const name = text === null ? 'none.json' : 'other.json'
  const { exitCode, stderr } = await callPr(['--dry-run', '--plan', name], { cwd })
  expect(exitCode).toBe(2)
  await expect(stderr).toMatchFileSnapshot(`expected/plan-that-${what.replaceAll(' ', '-')}.txt`)
})

/** A plan of the film of a context by what its server says. */
async function plannedLive(world: SimulatedWorld) {
  const context = runContext({ 'prompt_files/otter.txt': promptFile('otter', 24) })
  const { exitCode, stderr } = await context.start(
    world,
    ['plan', '--ask-server', ...small, '-o', 'plan.json', '--quiet'],
    { isAgreed: false },
  ).ended
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return context
}

it('runs live what was planned by its server', async () => {
  const world = await simulatedWorld()
  const context = await plannedLive(world)
  const { exitCode, summary } = await context.live(world, ['--plan', 'plan.json'], {}, { isBare: true })
  expect([exitCode, world.taken]).toEqual([0, [1, 2, 3, 4, 5, 6]])
  const [{ options }] = context.journal(summary.run_name).filter(({ kind }: Json) => kind === 'run-started')
  expect(options).toEqual(small)
})

it('refuses a plan whose server is another one by now, together with all else', async () => {
  const context = await plannedLive(await simulatedWorld())
  const other = await simulatedWorld((service, http) => async (request) => {
    const response = await http(request)
    if (service !== 'comfyui' || !request.url.endsWith('/system_stats')) return response
    const stats: Json = await response.json()
    return Response.json({ ...stats, devices: [{ ...stats.devices[0], name: 'cuda:0 NVIDIA L4' }] })
  })
  const start = async (...flags: string[]) => {
    const { exitCode, stderr } = await context.start(other, ['--plan', 'plan.json', ...flags], { isBare: true }).ended
    return `${exitCode}\n${stderr}`.split('  hint: ')[0]
  }
  const refusal = (count: string) =>
    `2\nPR_STATE: the plan plan.json is stale: ${count} changed since it was made, and nothing was run\n`
  const gpu = '  server: GPU: cpu → cuda:0 NVIDIA L4\n'
  expect(await start('--quiet')).toBe(`${refusal('1 thing')}${gpu}`)
  expect(await start('--quiet', '--cfg', '2')).toBe(`${refusal('2 things')}  otter: cfg: 1 → 2\n${gpu}`)
  expect(promptsSent(other)).toBe(0)
})

it('says what of a plan is not compared', async () => {
  const world = await simulatedWorld()
  const context = runContext({ 'prompt_files/otter.txt': promptFile('otter', 5) })
  const { cwd } = context
  const said = ({ stderr, stdout }: { stderr: string; stdout: string }) =>
    `${stdout}${stderr}`.split('\n').find((line) => line.includes('The plan plan.json'))
  await callPr(['plan', ...small, '-o', 'plan.json', '--quiet'], { cwd })
  const live = await context.start(world, ['--plan', 'plan.json', '--no-upload'], { isBare: true }).ended
  expect([live.exitCode, said(live)]).toEqual([
    0,
    'The plan plan.json knows of the server what the recording wan22-two-chunks said; the server itself was not asked: its version, GPU and models are not compared. `pr plan --ask-server --output-dir output/prompt-runner` plans by it',
  ])
  await context.start(world, ['plan', '--ask-server', ...small, '-o', 'plan.json'], { isAgreed: false }).ended
  const check = await callPr(['plan', '--plan', 'plan.json'], { cwd })
  expect([check.exitCode, said(check)]).toEqual([0, expect.stringMatching(/ is asked by a live run, and by /)])
})

it.each([
  [['plan', '-o'], /^PR_USAGE: -o needs a value\n {2}hint: write -o VALUE\n$/],
  [['plan', '-o', 'no/plan.json'], /^PR_FILE: Writing the plan to no\/plan\.json failed: ENOENT/],
  [['--dry-run', '--sweep', '--plan', 'plan.json'], /PR_USAGE: --sweep tries the first chunks again and again/],
])('refuses %j', async (args, refusal) => {
  const { cwd } = await keptPlan()
  const words =
    args[0] === 'plan' ? [...args.slice(0, 1), '--quiet', '--prompt-file', 'otter.yaml', ...args.slice(1)] : args
  expect((await callPr(words, { cwd })).stderr).toMatch(refusal)
})
