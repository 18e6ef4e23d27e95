import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { DoctorFinding } from '../../src/doctor/doctor-finding.ts'
import { comfyuiOnLoopback } from '../doctor/comfyui-on-loopback.ts'
import { capturedStreams } from './captured-output.ts'
import { newFolder } from './run-pr.ts'

const example = 'fixtures/prompt_files/example.txt'
const PROGRAM = '{"type":"external_account","credential_source":{"executable":{"command":"/bin/evil"}}}'
const KEY = '{"type":"service_account"}'

async function examined(args: readonly string[], env: Record<string, string> = {}) {
  const { streams, texts } = capturedStreams()
  const exitCode = await main(['doctor', '--prompt-file', example, ...args], env, process.cwd(), streams)
  return { exitCode, ...texts }
}

/** A run that lacks nothing. */
function complete(origin: string) {
  const program = (name: string) => `#!/bin/sh\necho "${name} version 7.1 Copyright (c) the FFmpeg developers"\n`
  const folder = newFolder({ 'key.json': KEY, ffmpeg: program('ffmpeg'), ffprobe: program('ffprobe') })
  const programs = ['ffmpeg', 'ffprobe'].flatMap((name) => {
    chmodSync(join(folder, name), 0o755)
    return [`--${name}`, join(folder, name)]
  })
  const args = ['--comfyui-url', origin, '--output-dir', join(folder, 'out'), '--bucket', 'gs://films/otters']
  return { args: [...args, ...programs], env: { GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'key.json') }, folder }
}

it('finds nothing to mend where nothing is missing, and names what a run will use', async () => {
  const origin = await comfyuiOnLoopback()
  const { args, env, folder } = complete(origin)
  const { exitCode, stdout } = await examined([...args, '--json'], env)
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
      ['gs://films/otters'],
      [`service_account, from ${folder}/key.json`],
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
  const lines = stdout.replaceAll(folder, '<folder>').split('\n')
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
    'warning  comfyui      the server is ComfyUI 0.4.1, but the recording wan22-two-chunks is of 0.3.64: dry runs answer as 0.3.64\n',
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
    'stale    comfyui      the server refuses what the recording accepts: node 8 "VACE" (WanVaceToVideo): input "tiling" is missing\n',
  )
})

it('calls the recording stale when the server has what it lacks', async () => {
  const objectInfo = (text: string) => text.replaceAll('wan2.2_low_t2v.safetensors', 'my_low.safetensors')
  const { args, env } = complete(await comfyuiOnLoopback({ objectInfo }))
  const { exitCode, stdout } = await examined([...args, '--low-lora', 'my_low.safetensors'], env)
  expect(exitCode).toBe(4)
  expect(stdout).toContain(
    'stale    comfyui      the server accepts what the recording refuses: node 2 "LoRA" (LoraLoaderModelOnly): the server has no LoRA "my_low.safetensors" (input "lora_name")\n',
  )
})

it('tells in words what has drifted since the recording', async () => {
  const more = (text: string) => text.replaceAll('"euler",', '"euler", "otter",')
  const { args, env } = complete(await comfyuiOnLoopback({ objectInfo: more }))
  const grown = await examined(args, env)
  expect(grown.exitCode).toBe(0)
  expect(grown.stdout).toContain(
    'warning  comfyui      1 thing changed since the recording wan22-two-chunks: `KSamplerAdvanced.sampler_name` gained 1 value (otter)\n',
  )
  expect(grown.stdout).toContain(
    'hint: pr drift --recording wan22-two-chunks tells all; take a recording of this server',
  )

  const less = (text: string) => text.replaceAll(/"(?:euler|LoraLoaderModelOnly)"/g, '"otter"')
  const other = complete(await comfyuiOnLoopback({ objectInfo: less }))
  const shrunk = await examined(other.args, other.env)
  expect(shrunk.exitCode).toBe(4)
  expect(shrunk.stdout).toMatch(
    /^stale +comfyui +\d+ things changed since the recording wan22-two-chunks: .*`LoraLoaderModelOnly` is gone: prompts 1, 2, 3, 4 would fail/m,
  )
})

it('says that nothing answers, and makes the other checks all the same', async () => {
  const { args, env } = complete('http://127.0.0.1:1')
  const { exitCode, stdout } = await examined(args, env)
  expect(exitCode).toBe(1)
  expect(stdout.split('\n').filter((line) => line.startsWith('missing'))).toEqual([
    'missing  comfyui      GET http://127.0.0.1:1/system_stats: ComfyUI does not answer: connection refused (ECONNREFUSED)',
  ])
})

it('asks nobody with --offline', async () => {
  const { args, env } = complete('http://127.0.0.1:1')
  const { exitCode, stdout } = await examined([...args, '--offline', '--pod-id', 'p1'], { ...env, RUNPOD_API_KEY: 'k' })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('ok       pod          p1, not asked\n')
  expect(stdout).not.toContain('comfyui ')
})
