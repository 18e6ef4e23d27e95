import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { bareEnvironment, newFolder, runPr } from '../cli/run-pr.ts'
import { program } from '../support/program.ts'
import { chosen, seed } from '../support/seeded.ts'
import { liveServer, workflow } from './live-server.ts'

it('records a workflow, replays it and says so', async () => {
  const { cwd, args, url, har, folders } = await liveServer()
  const { stdout, exitCode } = await runPr(args, { cwd })
  expect(stdout.replaceAll(cwd, '<cwd>').replaceAll(url, '<url>')).toBe(
    [
      'Record otter from <url>: ComfyUI 0.3.64, cpu',
      '  otter.json',
      '  classes: EmptyImage, SaveImage',
      '  <cwd>/recordings/otter is new',
      '  never recorded, so nobody knows for how long',
      'Replaying it, to see whether a client sees the same.',
      'Recorded recordings/otter, verified by a replay: it is new.',
      '',
    ].join('\n'),
  )
  expect(exitCode).toBe(0)
  expect(folders()).toEqual(['otter'])
  const { entries, facts } = await loadRecording(har)
  expect(facts).toMatchObject({ name: 'otter', server: 'ComfyUI 0.3.64', device: 'cpu' })
  const seen = entries.map(({ method, url: { pathname } }) => `${method} ${pathname.replace(/[0-9a-f-]{36}/, '<id>')}`)
  expect(seen.filter((line) => !line.startsWith('GET /models'))).toEqual([
    'GET /system_stats',
    'GET /features',
    'GET /object_info',
    'GET /ws',
    'POST /free',
    'POST /prompt',
    'GET /history/<id>',
    'GET /view',
  ])
})

it('changes only the stamps of a recording that is taken again, or all of it', async () => {
  const { cwd, args, har, read } = await liveServer()
  await runPr(args, { cwd })
  const text = read()
  writeFileSync(har, text.replace(/"recorded": "[^"]+"/, '"recorded": "2020-01-01"'))
  const { stdout } = await runPr([...args, '--quiet'], { cwd })
  expect(stdout).toBe('Recorded recordings/otter, verified by a replay: nothing changed, only its stamps are new.\n')
  expect(read()).toBe(text)
  writeFileSync(join(cwd, 'otter.json'), workflow(128, 'otter/{{run}}/image'))
  const changed = await runPr([...args, '--quiet'], { cwd })
  expect(changed.stdout).toBe('Recorded recordings/otter, verified by a replay: it replaces what was there.\n')
})

it('records the pipeline on two small chunks, and replays it', async () => {
  const { cwd, url } = await liveServer('wan22-two-chunks')
  const example = fileURLToPath(new URL('../../fixtures/prompt_files/example.txt', import.meta.url))
  const args = ['record', '--name', 'film', '--prompt-file', example, '--comfyui-url', url, '--quiet']
  const { stdout, stderr } = await runPr(args, { cwd })
  expect([stdout, stderr]).toEqual(['Recorded recordings/film, verified by a replay: it is new.\n', ''])
  const { entries } = await loadRecording(join(cwd, 'recordings/film'))
  const sent = entries.filter(({ method }) => method === 'POST').map(({ url: { pathname } }) => pathname)
  expect(sent.filter((path) => path === '/prompt')).toHaveLength(6)
  expect(sent).toContain('/upload/image')
  const plan = await runPr([...args.slice(0, -1), '--plan-only'], { cwd })
  expect(plan.stdout.match(/^ {4}[=~+-] .*/gm)).toEqual(
    ['{{run}}_lighthouse_chunk_002_reference.png', 'high 1', 'low 2', 'high 3', 'low 4', 'combine 1', 'combine 2'].map(
      (name) => `    = ${name}: unchanged`,
    ),
  )
})

it('shows what it would do, and touches nothing', async () => {
  const { cwd, args, url, har, read } = await liveServer()
  const plan = async (...more: string[]) => {
    const { stdout, exitCode } = await runPr([...args, ...more, '--plan-only'], { cwd })
    expect(exitCode).toBe(0)
    return stdout.replaceAll(cwd, '<cwd>').replaceAll(url, '<url>').split('\n')
  }
  expect(await plan()).toContain('  <cwd>/recordings/otter is new')
  expect(existsSync(join(cwd, 'recordings'))).toBe(false)
  await runPr(args, { cwd })
  expect(await plan()).toContain('    = otter.json: unchanged')
  const before = read()
  writeFileSync(join(cwd, 'otter.json'), workflow(128, 'otter/{{run}}/image'))
  writeFileSync(join(cwd, 'noise.json'), '{"1":{"class_type":"EmptyLatentImage","inputs":{}}}')
  expect(await plan('--workflow', 'noise.json')).toEqual([
    'Record otter from <url>: ComfyUI 0.3.64, cpu',
    '  otter.json; noise.json',
    '  classes: EmptyImage, EmptyLatentImage, SaveImage',
    '  all exchanges of <cwd>/recordings/otter are replaced when any changed:',
    '    ~ otter.json: node 1 (EmptyImage), color: 255 → 128',
    '    + noise.json: new',
    '  less than a minute of work by the last recording',
    '',
  ])
  writeFileSync(join(cwd, 'otter.json'), '{"7":{"class_type":"EmptyLatentImage","inputs":{}}}')
  expect((await plan()).slice(3, 6)).toEqual([
    '  all exchanges of <cwd>/recordings/otter are replaced when any changed:',
    '    + otter.json: new',
    '    - a workflow of EmptyImage, SaveImage: gone',
  ])
  expect([read(), existsSync(har)]).toEqual([before, true])
})

it('finds the shipped set unchanged in the shipped recording', async () => {
  const { url } = await liveServer()
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await runPr(['record', '--comfyui-url', url, '--plan-only'], { cwd })
  expect(stdout.match(/^ {4}[=~+-] .*/gm)).toEqual(
    [
      'pattern.png',
      'images',
      'images again, all cached',
      'preview',
      'video',
      'video read back',
      'latent',
      'latent read back',
      'pictures over the socket',
      'interrupted',
      'broken.mp4',
      'error in a node',
      'refused',
    ].map((name) => `    = ${name}: unchanged`),
  )
})

it('refuses a recording that holds a secret, and leaves the old one as it was', async () => {
  const { cwd, args, read, folders } = await liveServer()
  await runPr(args, { cwd })
  const before = read()
  // In a picture's metadata no redaction reaches it.
  const { exitCode, stderr } = await runPr([...args, '--quiet'], { cwd, env: { OTTER_TOKEN: 'filename_prefix' } })
  expect(exitCode).toBe(5)
  expect(stderr).toContain('the value of OTTER_TOKEN stands in it')
  expect(read()).toBe(before)
  expect(folders().map((name) => name.replace(/-[\d_]+$/, ''))).toEqual(['otter', 'otter.failed'])
})

it('keeps recordings read-only in CI', async () => {
  const { cwd, args } = await liveServer()
  const { exitCode } = await runPr(args, { cwd, env: { CI: 'true' } })
  expect(exitCode).toBe(2)
  expect(existsSync(join(cwd, 'recordings'))).toBe(false)
})

it('says what changed on the server since a recording', async () => {
  const { cwd, url } = await liveServer()
  const fresh = await runPr(['drift', '--recording', 'comfyui-smoke', '--comfyui-url', url, '--quiet'], { cwd })
  expect(fresh.stdout).toMatch(/^comfyui-smoke, recorded .*, is as http/)
  const stale = await runPr(['record', '--check', '--recording', 'wan22-two-chunks', '--comfyui-url', url], { cwd })
  expect(stale.exitCode).toBe(4)
  expect(stale.stderr).toContain('`KSamplerAdvanced` is gone: prompts 1, 2, 3, 4 would fail')
})

it('leaves the old recording or the new one, whole, whenever it is killed', async () => {
  const { cwd, args, read, folders } = await liveServer()
  const started = Date.now()
  await once(start(args, cwd), 'exit')
  const took = Date.now() - started
  const before = read()
  const bodies = readdirSync(join(cwd, 'recordings/otter/bodies'))
  const other = join(newFolder({ 'otter.json': workflow(128, 'otter/{{run}}/other') }), 'otter.json')
  for (let kill = 1; kill <= 20; kill += 1) {
    const moment = Math.round(chosen(`kill ${kill}`) * took * 1.1)
    const killed = `kill ${kill}, ${moment} ms after the start, PR_SEED=${seed}`
    const child = start([...args.slice(0, 4), other, ...args.slice(5)], cwd)
    const exited = once(child, 'exit')
    await Promise.race([exited, wait(moment)])
    child.kill('SIGKILL')
    await exited
    const loading = loadRecording(join(cwd, 'recordings/otter'))
    await expect(
      loading.then(({ entries }) => entries.every(({ responseBody }) => responseBody())),
      killed,
    ).resolves.toBe(true)
    const text = read()
    if (text !== before) expect(text, killed).toContain('other_00001_.png')
    else expect(readdirSync(join(cwd, 'recordings/otter/bodies')), killed).toEqual(expect.arrayContaining(bodies))
  }
  expect(folders().filter((name) => !/^otter(?:\.unfinished-[\d_]+)?$/.test(name))).toEqual([])
}, 120_000)

it('keeps what it has under a name that says so when it is interrupted', async () => {
  const { cwd, args, folders } = await liveServer()
  const child = start(args, cwd)
  while (!existsSync(join(cwd, 'recordings'))) await wait(5)
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  expect(code).toBe(130)
  expect(folders().map((name) => name.replace(/-[\d_]+$/, ''))).toEqual(['otter.interrupted'])
})

function start(args: readonly string[], cwd: string): ChildProcess {
  return spawn(process.execPath, [program, ...args], { cwd, env: bareEnvironment(), stdio: 'ignore' })
}
