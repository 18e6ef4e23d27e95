import { cpSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { callPr } from '../cli/call-pr.ts'
import { newFolder } from '../cli/run-pr.ts'
import { folderOf, liveServer, workflow } from './live-server.ts'

const server = await liveServer('comfyui-smoke', { until: afterAll })
let first: ReturnType<typeof callPr> | undefined

/** The first recording of the workflow, which is taken but once for all tests. */
const taken = () => (first ??= callPr(server.args, { cwd: server.cwd }))

/** The workflow in a folder of its own, with the first recording of it. */
async function recorded() {
  const { cwd } = await taken()
  const folder = folderOf(newFolder())
  cpSync(cwd, folder.cwd, { recursive: true })
  return { ...server, ...folder }
}

it('records a workflow, replays it and says so', async () => {
  const { cwd, stdout, exitCode } = await taken()
  const { url, har, folders } = server
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
  const { cwd, args, har, read } = await recorded()
  const text = read()
  writeFileSync(har, text.replace(/"recorded": "[^"]+"/, '"recorded": "2020-01-01"'))
  const { stdout } = await callPr([...args, '--quiet'], { cwd })
  expect(stdout).toBe('Recorded recordings/otter, verified by a replay: nothing changed, only its stamps are new.\n')
  expect(read()).toBe(text)
  writeFileSync(join(cwd, 'otter.json'), workflow(128, 'otter/{{run}}/image'))
  const changed = await callPr([...args, '--quiet'], { cwd })
  expect(changed.stdout).toBe('Recorded recordings/otter, verified by a replay: it replaces what was there.\n')
})

it('records the pipeline on two small chunks, and replays it', async () => {
  const { cwd, url } = await liveServer('wan22-two-chunks')
  const example = fileURLToPath(new URL('../../fixtures/prompt_files/example.txt', import.meta.url))
  const args = ['record', '--name', 'film', '--prompt-file', example, '--comfyui-url', url, '--quiet']
  const { stdout, stderr } = await callPr(args, { cwd })
  expect([stdout, stderr]).toEqual(['Recorded recordings/film, verified by a replay: it is new.\n', ''])
  const { entries } = await loadRecording(join(cwd, 'recordings/film'))
  const sent = entries.filter(({ method }) => method === 'POST').map(({ url: { pathname } }) => pathname)
  expect(sent.filter((path) => path === '/prompt')).toHaveLength(6)
  expect(sent).toContain('/upload/image')
  const plan = await callPr([...args.slice(0, -1), '--plan-only'], { cwd })
  expect(plan.stdout.match(/^ {4}[=~+-] .*/gm)).toEqual(
    ['{{run}}_lighthouse_chunk_002_reference.png', 'high 1', 'low 2', 'high 3', 'low 4', 'combine 1', 'combine 2'].map(
      (name) => `    = ${name}: unchanged`,
    ),
  )
})

it('shows what it would do, and touches nothing', async () => {
  const { cwd, args, url, har, read } = await recorded()
  const planIn = async (folder: string, ...more: string[]) => {
    const { stdout, exitCode } = await callPr([...args, ...more, '--plan-only'], { cwd: folder })
    expect(exitCode).toBe(0)
    return stdout.replaceAll(folder, '<cwd>').replaceAll(url, '<url>').split('\n')
  }
  const fresh = newFolder({ 'otter.json': workflow(255, 'otter/{{run}}/image') })
  expect(await planIn(fresh)).toContain('  <cwd>/recordings/otter is new')
  expect(existsSync(join(fresh, 'recordings'))).toBe(false)
  const plan = (...more: string[]) => planIn(cwd, ...more)
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
  const { url } = server
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const { stdout } = await callPr(['record', '--comfyui-url', url, '--plan-only'], { cwd })
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
  const { cwd, args, read, folders } = await recorded()
  const before = read()
  // In a picture's metadata no redaction reaches it.
  const { exitCode, stderr } = await callPr([...args, '--quiet'], { cwd, env: { OTTER_TOKEN: 'filename_prefix' } })
  expect(exitCode).toBe(5)
  expect(stderr).toContain('the value of OTTER_TOKEN stands in it')
  expect(read()).toBe(before)
  expect(folders().map((name) => name.replace(/-[\d_]+$/, ''))).toEqual(['otter', 'otter.failed'])
})

it('keeps recordings read-only in CI', async () => {
  const cwd = newFolder({ 'otter.json': workflow(255) })
  const { exitCode } = await callPr(server.args, { cwd, env: { CI: 'true' } })
  expect(exitCode).toBe(2)
  expect(existsSync(join(cwd, 'recordings'))).toBe(false)
})

it('says what changed on the server since a recording', async () => {
  const { cwd, url } = server
  const fresh = await callPr(['drift', '--recording', 'comfyui-smoke', '--comfyui-url', url, '--quiet'], { cwd })
  expect(fresh.stdout).toMatch(/^comfyui-smoke, recorded .*, is as http/)
  const stale = await callPr(['record', '--check', '--recording', 'wan22-two-chunks', '--comfyui-url', url], { cwd })
  expect(stale.exitCode).toBe(4)
  expect(stale.stderr).toContain('`KSamplerAdvanced` is gone: prompts 1, 2, 3, 4 would fail')
})
