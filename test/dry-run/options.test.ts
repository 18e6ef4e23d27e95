import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fileSource } from '../../src/simulators/media/byte-source.ts'
import { readSafetensors } from '../../src/simulators/media/safetensors.ts'
import { decoded } from '../support/film.ts'
import { filesIn, type Json, promptFile, rehearse } from '../support/rehearse.ts'

const files = { 'prompt_files/heron.txt': promptFile('heron', 120) }
const pod = { RUNPOD_POD_ID: 'pod-1', RUNPOD_API_KEY: 'rpa_0123456789ABCDEFGHIJ' }

it('prints one object and nothing else with --json', async () => {
  const run = await rehearse(['--json'], { files })
  expect(run.stderr).toBe('')
  expect(JSON.parse(run.stdout)).toEqual(run.summary)
  expect(run.summary).toMatchObject({ dry_run: true, ok: true, exit_code: 0, folder: run.folder })
})

it('prints one object with --json when the run fails, too', async () => {
  const run = await rehearse(['--json', '--high-lora', 'none.safetensors'], { files })
  expect(run.exitCode).toBe(1)
  expect(JSON.parse(run.stdout)).toEqual(run.summary)
  expect(run.summary).toMatchObject({ ok: false, exit_code: 1, failures: [{ code: 'PR_RUN_FAILED' }] })
})

it('prints the summary only with --quiet', async () => {
  const run = await rehearse(['--quiet'], { files })
  expect(run.stderr).toBe('')
  expect(run.stdout.split('\n')[0]).toMatch(/^\*DRY-RUN\* heron: .*\/final\/heron\.mp4 · gs:\/\/dry-run\/heron\//)
  expect(run.stdout.split('\n')[1]).toMatch(/^\*DRY-RUN\* 6 jobs: 4 render, 2 combine/)
  expect(run.text('logs/pr.log')).toContain('job 1/6 high chunk 1  started')
})

it('shows every detail with --log-level DEBUG', async () => {
  const run = await rehearse(['--log-level', 'DEBUG'], { files })
  expect(run.stdout).toContain('job 1/6 high chunk 1  step 3/4')
  expect(run.stdout).toContain('chunk 2: the server calls the reference')
})

it('writes nothing with --validate-only', async () => {
  const run = await rehearse(['--validate-only'], { files })
  expect([run.exitCode, run.stderr, filesIn(run.cwd)]).toEqual([0, '', Object.keys(files)])
  expect(run.stdout).toMatch(/\*DRY-RUN\* Valid: 1 prompt file, 6 jobs, bindings and workflows\. Nothing was run\.\n$/)
})

it('keeps what is not uploaded, and says why', async () => {
  const run = await rehearse(['--no-upload'], { files })
  const name = run.summary.run_name
  const cleanup = run.json('state/cleanup_heron.json')
  expect(cleanup).toMatchObject({
    reason: 'the film was not uploaded (--no-upload)',
    upload_verified: null,
    delete: [],
  })
  const kept = cleanup.keep.map(({ path }: { path: string }) => path)
  expect(kept.toSorted()).toEqual([
    `combined/heron_${name}_combine_002.mp4`,
    `references/heron_${name}_chunk_002_reference.png`,
    `videos/heron_${name}_chunk_001.mp4`,
    `videos/heron_${name}_chunk_002.mp4`,
  ])
  expect(filesIn(join(run.folder, 'output'))).toEqual([...kept, 'final/heron.mp4'].toSorted())
  expect(run.files.filter((file) => file.startsWith('uploads/'))).toEqual([])
  expect(Object.keys(run.summary.rehearsal.requests)).toEqual(['comfyui'])
  expect(run.stdout).toContain('· nothing uploaded\n')
})

it('brings everything home with --keep-intermediate', async () => {
  const run = await rehearse(['--keep-intermediate'], { files })
  const name = run.summary.run_name
  expect(filesIn(join(run.folder, 'output'))).toEqual([
    `combined/heron_${name}_combine_001.mp4`,
    `combined/heron_${name}_combine_002.mp4`,
    'final/heron.mp4',
    `latents/heron_${name}_chunk_001_high.latent`,
    `latents/heron_${name}_chunk_001_low.latent`,
    `latents/heron_${name}_chunk_002_high.latent`,
    `latents/heron_${name}_chunk_002_low.latent`,
    `references/heron_${name}_chunk_002_reference.png`,
    `videos/heron_${name}_chunk_001.mp4`,
    `videos/heron_${name}_chunk_002.mp4`,
  ])
  const shape = (file: string) =>
    readSafetensors(fileSource(join(run.folder, 'output/latents', file)))?.get('latent_tensor')
  // 61 frames make 16 latent frames; the reference image of chunk 2 takes one of its own.
  expect(shape(`heron_${name}_chunk_001_high.latent`)).toEqual([1, 16, 16, 106, 60])
  expect(shape(`heron_${name}_chunk_002_low.latent`)).toEqual([1, 16, 17, 106, 60])
  expect(decoded(join(run.folder, `output/combined/heron_${name}_combine_001.mp4`)).frames).toBe(60)
  expect(decoded(join(run.folder, `output/videos/heron_${name}_chunk_002.mp4`)).frames).toBe(61)
  expect(run.json('state/cleanup_heron.json')).toMatchObject({ reason: '--keep-intermediate was given', delete: [] })
})

it.each([
  [['--force-shutdown'], 'EXITED', 'stopped', ''],
  [[], 'RUNNING', 'kept', ''],
  [['--no-shutdown'], 'RUNNING', 'kept', ''],
  [
    ['--force-shutdown', '--no-upload'],
    'RUNNING',
    'kept',
    '*DRY-RUN* warning: The pod keeps running in spite of --force-shutdown: nothing was uploaded (--no-upload).\n',
  ],
])('leaves the pod as %j says', async (flags, status, action, stderr) => {
  const run = await rehearse(flags, { files, env: pod })
  expect([run.exitCode, run.stderr]).toEqual([0, stderr])
  expect(run.summary.pod).toEqual({ id: 'pod-1', status, cost_per_hour: null, action })
  expect(run.stdout).toContain(`*DRY-RUN* Pod pod-1: ${status}, ${action}\n`)
  const sent = run.json('traffic.har').log.entries.map(({ request }: Json) => request.postData?.text)
  expect(sent.includes('{"action":"stop"}')).toBe(action === 'stopped')
  expect(run.summary.rehearsal.not_simulated).toContain('the state, balance and GPU supply of the real pod')
})

it('refuses to shut down a pod that nobody has named', async () => {
  const run = await rehearse(['--force-shutdown'], { files })
  expect([run.exitCode, run.stderr, run.files]).toEqual([
    2,
    '*DRY-RUN* PR_USAGE: --force-shutdown would shut nothing down: no pod is known\n*DRY-RUN*   hint: give --pod-id (or RUNPOD_POD_ID; in a dry run any id will do), or leave --force-shutdown out\n',
    [],
  ])
})

it('says before anything is rendered that the real ffmpeg cannot be started', async () => {
  const run = await rehearse(['--real-ffmpeg', '--ffprobe', '/nowhere/ffprobe'], { files })
  expect([run.exitCode, run.stderr.split('\n')[0], run.files]).toEqual([
    1,
    '*DRY-RUN* PR_FFMPEG: /nowhere/ffprobe cannot be used: ENOENT',
    [],
  ])
})

it('keeps the pod when a video failed', async () => {
  const run = await rehearse(['--force-shutdown', '--high-lora', 'none.safetensors'], { files, env: pod })
  expect(run.exitCode).toBe(1)
  expect(run.summary.pod).toMatchObject({ status: 'RUNNING', action: 'kept' })
  expect(run.stderr).toContain('The pod keeps running in spite of --force-shutdown: not every video is finished.')
})

it('says what is wrong with the pod before anything is rendered', async () => {
  const run = await rehearse([], { files, env: { RUNPOD_POD_ID: 'pod-1' } })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toBe(
    [
      '*DRY-RUN* warning: What the pod is doing now cannot be told, it may cost money: asking RunPod for pod pod-1 was answered with 401: Unauthorized; missing bearer token',
      '*DRY-RUN* PR_POD: asking RunPod for pod pod-1 was answered with 401: Unauthorized; missing bearer token',
      '*DRY-RUN*   hint: set RUNPOD_API_KEY',
      '',
    ].join('\n'),
  )
  expect(run.files.filter((file) => file.startsWith('workflows/'))).toEqual([])
  expect(run.summary).toMatchObject({ ok: false, exit_code: 1, failures: [{ code: 'PR_POD' }] })
})

it('reaches a protected server below a path, and writes none of its secrets down', async () => {
  const secrets = { token: 'correct-horse-battery', header: 'staple-0123456789' }
  const flags = ['--comfyui-url', 'https://gpu.example.com/comfy/', '--comfyui-header', `X-Team: ${secrets.header}`]
  const run = await rehearse(flags, { files, env: { COMFYUI_TOKEN: secrets.token } })
  expect([run.exitCode, run.stderr]).toEqual([0, ''])
  const { entries } = run.json('traffic.har').log
  const [submit] = entries.filter(({ request }: Json) => request.url === 'https://gpu.example.com/comfy/prompt')
  const headers = Object.fromEntries(submit.request.headers.map(({ name, value }: Json) => [name.toLowerCase(), value]))
  expect(headers).toMatchObject({ authorization: '{{secret:authorization}}', 'x-team': '{{secret:x-team}}' })
  for (const file of run.files) {
    const text = readFileSync(join(run.folder, file), 'latin1')
    for (const secret of Object.values(secrets)) expect(`${file} ${text.includes(secret)}`).toBe(`${file} false`)
  }
})

it('takes a secret for nothing but a secret where it has the letters of a video, a folder or a type', async () => {
  const named = { 'prompt_files/1.txt': promptFile('lighthouse', 13) }
  const flags = ['X-Project: lighthouse', 'X-Kind: output'].flatMap((header) => ['--comfyui-header', header])
  const run = await rehearse(flags, { files: named })
  expect([run.exitCode, run.stderr]).toEqual([0, ''])
  expect(run.files).toContain('output/final/lighthouse.mp4')
})

it('runs dry when the environment says so', async () => {
  const run = await rehearse([], { files, env: { DRY_RUN: 'true' } })
  expect(run.exitCode).toBe(0)
  expect(run.folder).toMatch(/temp_dry_run_\d{8}_\d{6}$/)
})

it('puts run folders where DRY_RUN_TEMP_DIR says, and warns when it cannot', async () => {
  const made = await rehearse([], { files, env: { DRY_RUN_TEMP_DIR: 'deep/er' } })
  expect(filesIn(join(made.cwd, 'deep/er')).some((file) => file.endsWith('/summary.json'))).toBe(true)

  const fallen = await rehearse([], { files, env: { DRY_RUN_TEMP_DIR: 'prompt_files/heron.txt/no' } })
  expect([fallen.exitCode, fallen.summary.ok]).toEqual([0, true])
  expect(fallen.stderr).toContain('warning: DRY_RUN_TEMP_DIR names ')
  expect(readFileSync(join(fallen.cwd, 'prompt_files/heron.txt'), 'utf8')).toBe(files['prompt_files/heron.txt'])
})

it('gives the run another name when the work is another', async () => {
  const nameOf = async (frames: number) => {
    const { summary } = await rehearse([], { files: { 'prompt_files/a.txt': promptFile('heron', frames) } })
    return summary.run_name
  }
  expect(await nameOf(17)).not.toBe(await nameOf(33))
})

it('rehearses what --upload all sends, the same each time', async () => {
  const flags = ['--upload', 'all', '--width', '64', '--height', '64', '--frames-per-chunk', '61']
  const sent = async () => {
    const { folder, exitCode, stderr, json } = await rehearse(flags, {
      files,
      env: { SOURCE_DATE_EPOCH: '1767225600' },
    })
    expect(`${exitCode} ${stderr}`).toBe('0 ')
    const records = filesIn(folder).filter((file) => file.startsWith('uploads/'))
    return records.map((file) => json(file)).map(({ object, crc32c }: Json) => `${object} ${crc32c}`)
  }
  const first = await sent()
  expect(first.length).toBe(20)
  // Journal and manifest name the folder that the run lies in.
  const fixed = (lines: string[]) => lines.filter((line) => !/journal|manifest/.test(line))
  expect(fixed(first)).toEqual(fixed(await sent()))
})
