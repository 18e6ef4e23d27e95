import { chmodSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { DoctorFinding } from '../../src/doctor/doctor-finding.ts'
import { comfyuiOnLoopback } from '../doctor/comfyui-on-loopback.ts'
import { type LiveWorld, startWorld } from '../support/live-world.ts'
import { serviceAccount } from '../support/service-account.ts'
import { capturedStreams } from './captured-output.ts'
import { newFolder, runPr } from './run-pr.ts'

const example = resolve('fixtures/prompt_files/example.txt')
const PROGRAM = '{"type":"external_account","credential_source":{"executable":{"command":"/bin/evil"}}}'
const KEY = JSON.stringify(serviceAccount())

async function examined(args: readonly string[], env: Record<string, string> = {}) {
  const { streams, texts } = capturedStreams()
  const exitCode = await main(['doctor', '--prompt-file', example, ...args], env, process.cwd(), streams)
  return { exitCode, ...texts }
}

/** The same in a process of its own, where Google's and RunPod's names lead to `world`. */
function examinedIn(world: LiveWorld, args: readonly string[], env: Record<string, string> = {}) {
  return runPr(['doctor', '--prompt-file', example, ...args], { env: { ...world.env, ...env } })
}

const BUCKET = ['--bucket', 'gs://films/otters']

/** A run that lacks nothing. It uploads nothing, unless told where to: in this process Google itself would be asked. */
function complete(origin: string, upload = ['--no-upload']) {
  const program = (name: string) => `#!/bin/sh\necho "${name} version 7.1 Copyright (c) the FFmpeg developers"\n`
  const folder = newFolder({ 'key.json': KEY, ffmpeg: program('ffmpeg'), ffprobe: program('ffprobe') })
  const programs = ['ffmpeg', 'ffprobe'].flatMap((name) => {
    chmodSync(join(folder, name), 0o755)
    return [`--${name}`, join(folder, name)]
  })
  const args = ['--comfyui-url', origin, '--output-dir', join(folder, 'out')]
  return {
    args: [...args, ...programs, ...upload],
    env: { GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'key.json') },
    folder,
  }
}

it('finds nothing to mend where nothing is missing, and names what a run will use', async () => {
  const origin = await comfyuiOnLoopback()
  const world = await startWorld()
  const { exitCode, stdout } = await examinedIn(world, [...complete(origin, BUCKET).args, '--json'])
  const { findings } = JSON.parse(stdout) as { findings: DoctorFinding[] }
  expect(exitCode).toBe(0)
  expect(findings.map(({ check, level }) => `${level} ${check}`)).toEqual([
    'ok node',
    'ok ffmpeg',
    'ok ffprobe',
    'ok prompts',
    'ok templates',
    'ok disk',
    'ok recording',
    'ok comfyui',
    'ok comfyui',
    'ok comfyui',
    'ok storage',
    'ok credentials',
    'ok pod',
  ])
  const said = (check: string) => findings.filter((finding) => finding.check === check).map(({ message }) => message)
  expect([said('ffmpeg'), said('prompts'), said('comfyui'), said('storage'), said('credentials'), said('pod')]).toEqual(
    [
      ['ffmpeg version 7.1'],
      ['lighthouse: 500 frames'],
      [
        `ComfyUI 0.3.64 at ${origin}/ on cpu, takes uploads up to 105 MB`,
        'node classes and models are as in the recording wan22-two-chunks',
        'it has every node class, model and LoRA of the plan',
      ],
      ['gs://films/otters answers, and may be listed'],
      [`service_account, from ${world.env['GOOGLE_APPLICATION_CREDENTIALS']}`],
      ['not on a pod: none will be shut down'],
    ],
  )
})

it('tells six planted faults in six lines, each with its cure', async () => {
  const origin = await comfyuiOnLoopback({ version: '0.4.1' })
  const folder = newFolder({ 'key.json': PROGRAM, file: '' })
  const args = ['--comfyui-url', origin, '--output-dir', join(folder, 'file/out')]
  const faults = ['--ffmpeg', '/nowhere/ffmpeg', '--low-lora', 'wan22_low_t2v.safetensors']
  const { exitCode, stdout } = await examined([...args, ...faults], {
    GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'key.json'),
  })
  const lines = stdout
    .replaceAll(folder, '<folder>')
    .replaceAll(origin, '<origin>')
    .replaceAll(process.cwd(), '<repository>')
    .split('\n')
  const told = lines.filter((line) => !line.startsWith('ok '))
  expect(exitCode).toBe(1)
  await expect(told.join('\n')).toMatchFileSnapshot('expected/doctor-six-faults.txt')
  expect(told.filter((line) => /^(warning|missing) /.test(line))).toHaveLength(6)
})

it('warns of a server of another version, naming both, and goes on', async () => {
  const { args, env } = complete(await comfyuiOnLoopback({ version: '0.4.1' }))
  const { exitCode, stdout } = await examined(args, env)
  expect(exitCode).toBe(0)
  expect(stdout).toContain(
    'warning  comfyui    the server is ComfyUI 0.4.1, but the recording wan22-two-chunks is of 0.3.64: dry runs answer as 0.3.64\n',
  )
})

it('warns of a server whose memory does not hold both models', async () => {
  const { args, env } = complete(await comfyuiOnLoopback({ ramTotal: 16e9 }))
  const { exitCode, stdout } = await examined(args, env)
  expect(exitCode).toBe(0)
  expect(stdout).toContain('the server has 16.0 GB of memory, and the two models of a run take 30.0 GB\n')
})

it('calls the recording stale when the server refuses what it accepts', async () => {
  const objectInfo = (text: string) =>
    text.replace(/("WanVaceToVideo":\s*\{\s*"input":\s*\{\s*"required":\s*\{)/, '$1"tiling": ["BOOLEAN", {}], ')
  const { args, env } = complete(await comfyuiOnLoopback({ objectInfo }))
  const { exitCode, stdout } = await examined(args, env)
  expect(exitCode).toBe(4)
  expect(stdout).toContain(
    'stale    comfyui    the server refuses what the recording accepts: node 8 "VACE" (WanVaceToVideo): input "tiling" is missing\n',
  )
})

it('calls the recording stale when the server has what it lacks', async () => {
  const objectInfo = (text: string) => text.replaceAll('wan2.2_low_t2v.safetensors', 'my_low.safetensors')
  const { args, env } = complete(await comfyuiOnLoopback({ objectInfo }))
  const { exitCode, stdout } = await examined([...args, '--low-lora', 'my_low.safetensors'], env)
  expect(exitCode).toBe(4)
  expect(stdout).toContain(
    'stale    comfyui    the server accepts what the recording refuses: node 2 "LoRA" (LoraLoaderModelOnly): the server has no LoRA "my_low.safetensors" (input "lora_name")\n',
  )
})

it('tells in words what has drifted since the recording', async () => {
  const more = (text: string) => text.replaceAll('"euler",', '"euler", "otter",')
  const { args, env } = complete(await comfyuiOnLoopback({ objectInfo: more }))
  const grown = await examined(args, env)
  expect(grown.exitCode).toBe(0)
  expect(grown.stdout).toContain(
    'warning  comfyui    1 thing changed since the recording wan22-two-chunks: `KSamplerAdvanced.sampler_name` gained 1 value (otter)\n',
  )
  expect(grown.stdout).toContain('hint: `pr drift --recording wan22-two-chunks --comfyui-url http://127.0.0.1:')

  const less = (text: string) => text.replaceAll(/"(?:euler|LoraLoaderModelOnly)"/g, '"otter"')
  const other = complete(await comfyuiOnLoopback({ objectInfo: less }))
  const shrunk = await examined(other.args, other.env)
  expect(shrunk.exitCode).toBe(4)
  expect(shrunk.stdout).toMatch(
    /^stale +comfyui +\d+ things changed since the recording wan22-two-chunks: .*`LoraLoaderModelOnly` is gone: prompts 1, 2, 3, 4 would fail/m,
  )
})

it('looks into the bucket, and says what keeps it from that', async () => {
  const message = 'The specified bucket does not exist.'
  const refusal = { code: 404, message, errors: [{ reason: 'notFound', message }] }
  const world = await startWorld((service, http) => async (request) => {
    const isListing = service === 'gcs' && new URL(request.url).pathname.endsWith('/o')
    return isListing ? Response.json({ error: refusal }, { status: 404 }) : http(request)
  })
  const { exitCode, stdout } = await examinedIn(world, complete(await comfyuiOnLoopback(), BUCKET).args)
  expect(exitCode).toBe(1)
  expect(stdout).toContain(
    `missing  storage      listing gs://films/otters/.pr-doctor/ was answered with 404 (notFound): The specified bucket does not exist.
                      hint: check that the bucket gs://films exists and is spelled right in --bucket
ok       credentials  service_account, from ${world.env['GOOGLE_APPLICATION_CREDENTIALS']}
`,
  )
  expect(world.asked).toEqual(['google-auth POST /token', 'gcs GET /storage/v1/b/films/o'])
})

it('says that a machine has no credentials for the bucket', async () => {
  const world = await startWorld()
  const { args } = complete(await comfyuiOnLoopback(), BUCKET)
  // No file of a person's, and not a machine of Google's: its library does not even look for the metadata server.
  const nothing = { GOOGLE_APPLICATION_CREDENTIALS: '', HOME: newFolder(), METADATA_SERVER_DETECTION: 'none' }
  const { exitCode, stdout, stderr } = await examinedIn(world, args, nothing)
  expect(stderr).toBe('')
  expect(exitCode).toBe(1)
  expect(stdout).toContain(
    `ok       storage      gs://films/otters, not asked for want of credentials
missing  credentials  no Google credentials are on this machine
`,
  )
  expect(world.asked).toEqual([])
})

it('says that nothing answers, and makes the other checks all the same', async () => {
  const { args, env } = complete('http://127.0.0.1:1')
  const { exitCode, stdout } = await examined(args, env)
  expect(exitCode).toBe(1)
  expect(stdout.split('\n').filter((line) => line.startsWith('missing'))).toEqual([
    'missing  comfyui    GET http://127.0.0.1:1/system_stats: ComfyUI does not answer: connection refused (ECONNREFUSED)',
  ])
})

it('asks nobody with --offline', async () => {
  const { args, env } = complete('http://127.0.0.1:1', BUCKET)
  const { exitCode, stdout } = await examined([...args, '--offline', '--pod-id', 'p1'], { ...env, RUNPOD_API_KEY: 'k' })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('ok       storage      gs://films/otters, not asked\n')
  expect(stdout).toContain('ok       pod          p1, not asked\n')
  expect(stdout).not.toContain('comfyui ')
})
