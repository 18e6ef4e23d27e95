import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { decoded, segmentLengths } from '../support/film.ts'
import { filesIn, type Json, type Rehearsed, rehearse } from '../support/rehearse.ts'
import { cleanupFile, combineJobsFile, renderJobsFile, uploadFile, workflowFile } from './run-folder-schema.ts'

let run: Rehearsed
beforeAll(async () => {
  const files = { 'films/keep.txt': 'mine' }
  run = await rehearse(['--output-dir', 'films'], { files, env: { SOURCE_DATE_EPOCH: '1767225600' } })
})

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const three = (number: number) => String(number).padStart(3, '0')
const workflows = [
  ...numbers(1, 10).map((number) => `workflow_${three(number)}_${number % 2 ? 'high' : 'low'}_noise_render.json`),
  ...numbers(11, 15).map((number) => `workflow_${three(number)}_combine.json`),
]

it('tells the whole story of the example', async () => {
  const told = `${run.stdout}${run.stderr}exit code ${run.exitCode}\n`.replaceAll(run.cwd, '<cwd>')
  await expect(told).toMatchFileSnapshot('expected/example.txt')
})

it('marks every line as a dry run', () => {
  const lines = `${run.stdout}${run.stderr}`.split('\n').filter((line) => line !== '')
  expect(lines.length).toBeGreaterThan(50)
  expect(lines.filter((line) => !line.startsWith('*DRY-RUN* '))).toEqual([])
})

it('writes the tree of the run folder and nothing outside it', () => {
  expect(run.files.filter((file) => !file.startsWith('bodies/'))).toEqual([
    'combine_jobs/combine_jobs_000000.json',
    'logs/pr.log',
    'output/final/lighthouse.mp4',
    'render_jobs/render_jobs_000000.json',
    'report.html',
    'state/cleanup_lighthouse.json',
    'state/clear-alder.jsonl',
    'state/manifest_lighthouse.json',
    'summary.json',
    'traffic.har',
    'uploads/upload_001_lighthouse.mp4.json',
    'uploads/upload_002_manifest.json.json',
    ...workflows.map((name) => `workflows/${name}`),
  ])
  const outside = filesIn(run.cwd).filter((file) => !file.startsWith('temp_dry_run_20260101_000000/'))
  expect(outside).toEqual(['films/keep.txt', 'prompt_files/example.txt'])
})

it('writes each workflow as it was sent', () => {
  const sent = run
    .json('traffic.har')
    .log.entries.filter(({ request }: Json) => request.method === 'POST' && request.url.endsWith('/prompt'))
    .map(({ request }: Json) => JSON.parse(request.postData.text))
  const written = workflows.map((name) => workflowFile.parse(run.json(`workflows/${name}`)))
  expect(written.map((file) => file.workflow)).toEqual(sent.map((body: Json) => body.prompt))
  expect(written.map((file) => file.prompt_id)).toEqual(sent.map((body: Json) => body.prompt_id))
  expect(written.map((file) => file.workflow_id)).toEqual(numbers(1, 15))
  expect(written.map((file) => file.job_info.job_number)).toEqual([...numbers(1, 10), ...numbers(1, 5)])
  for (const file of written) expect(file.modifications_applied).toEqual(file.job_info.modifications)
})

it('names models and LoRAs of the pass in the modifications', () => {
  const [high, low] = workflows.map((name) => run.json(`workflows/${name}`).modifications_applied.slice(0, 2))
  expect(high).toEqual(['LoRA: wan2.2_high_t2v.safetensors', 'Model: Wan2.2_T2V_High_Noise_14B_VACE-Q8_0.gguf'])
  expect(low).toEqual(['LoRA: wan2.2_low_t2v.safetensors', 'Model: Wan2.2_T2V_Low_Noise_14B_VACE-Q8_0.gguf'])
})

it('writes the job plans of the user’s document', () => {
  const render = renderJobsFile.parse(run.json('render_jobs/render_jobs_000000.json')) as Json
  const combine = combineJobsFile.parse(run.json('combine_jobs/combine_jobs_000000.json')) as Json
  expect(render).toMatchObject({
    job_type: 'render',
    timestamp: '2026-01-01T00:00:00.000000',
    metadata: { video_name: 'lighthouse', total_frames: 500, frames_per_chunk: 101 },
    total_jobs: 10,
  })
  expect(render.jobs.map((job: Json) => [job.job_type, job.start_frame, job.frames_to_render])).toEqual(
    [
      [0, 101],
      [101, 101],
      [202, 101],
      [303, 101],
      [404, 97],
    ].flatMap((chunk) => [
      ['JobType.HIGH', ...chunk],
      ['JobType.LOW', ...chunk],
    ]),
  )
  expect(combine.jobs.map((job: Json) => [job.job_type, job.film_frames])).toEqual(
    [101, 202, 303, 404, 500].map((frames) => ['JobType.COMBINE', frames]),
  )
  const ids = workflows.map((name) => run.json(`workflows/${name}`).job_info.job_id)
  expect([...render.jobs, ...combine.jobs].map((job) => job.job_id)).toEqual(ids)
})

it('predicts the names that the server then chooses', () => {
  const { jobs } = run.json('render_jobs/render_jobs_000000.json')
  const inputs = (name: string): Json[] =>
    Object.values<Json>(run.json(`workflows/${name}`).workflow).map((node) => node.inputs)
  for (const [index, job] of jobs.entries()) {
    const sent = inputs(workflows[index]!)
    expect(sent.find(({ latent }) => typeof latent === 'string')?.latent ?? null).toBe(job.latent_input_path)
    expect(sent.find(({ image }) => typeof image === 'string')?.image ?? null).toBe(job.reference_image_path)
  }
})

it('tells what the clean-up deletes, and why it may', () => {
  const cleanup = cleanupFile.parse(run.json('state/cleanup_lighthouse.json'))
  const upload = uploadFile.parse(run.json('uploads/upload_001_lighthouse.mp4.json'))
  expect(cleanup.reason).toBe(
    `gs://dry-run/lighthouse/clear-alder/lighthouse.mp4 was verified: ${upload.size} bytes, crc32c ${upload.crc32c}`,
  )
  expect(cleanup.delete.map((file) => file.path)).toEqual([
    ...numbers(1, 5).map((number) => `videos/lighthouse_clear-alder_chunk_${three(number)}.mp4`),
    'combined/lighthouse_clear-alder_combine_005.mp4',
    ...numbers(2, 5).map((number) => `references/lighthouse_clear-alder_chunk_${three(number)}_reference.png`),
  ])
  expect(cleanup.keep).toEqual([])
})

it('uploads the film and then a manifest that describes it', () => {
  const film = uploadFile.parse(run.json('uploads/upload_001_lighthouse.mp4.json'))
  const manifest = uploadFile.parse(run.json('uploads/upload_002_manifest.json.json'))
  expect([film.object, manifest.object]).toEqual([
    'lighthouse/clear-alder/lighthouse.mp4',
    'lighthouse/clear-alder/manifest.json',
  ])
  expect(film.size).toBe(readFileSync(join(run.folder, 'output/final/lighthouse.mp4')).length)
  expect(run.json('state/manifest_lighthouse.json')).toMatchObject({
    run_name: 'clear-alder',
    film: { crc32c: film.crc32c, size: film.size, frames: 500, fps: 16, width: 480, height: 848 },
    plan: { frames_per_chunk: 101, chunks: [{ start_frame: 0, keep_frames: 101 }, {}, {}, {}, { keep_frames: 96 }] },
  })
})

it('sums the run up', () => {
  const { rehearsal, videos, ...summary } = run.summary
  expect(summary).toMatchObject({
    dry_run: true,
    ok: true,
    exit_code: 0,
    failures: [],
    folder: run.folder,
    jobs: { total: 15, render: 10, combine: 5, done: 15, skipped: 0, failed_attempts: 0 },
    frames: { rendered: 501, kept: 500 },
    uploads: { videos: 1, manifests: 1 },
    pod: null,
  })
  expect(videos).toMatchObject([{ name: 'lighthouse', status: 'finished', frames: 500, chunks: 5, failure: null }])
  expect(rehearsal).toMatchObject({ real_connections: 0, refused: [], unmatched: [], estimate: { gpu_minutes: null } })
})

it('logs everything at DEBUG', () => {
  const log = run.text('logs/pr.log').trimEnd().split('\n')
  const shape = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} (DEBUG|INFO|WARNING|ERROR|RESULT) +\*DRY-RUN\*/
  expect(log.filter((line) => !shape.test(line))).toEqual([])
  expect(log.some((line) => line.includes(' DEBUG ') && line.includes('chunk 2: frame 91 becomes the reference'))).toBe(
    true,
  )
  for (const line of run.stdout.trimEnd().split('\n')) expect(run.text('logs/pr.log')).toContain(line)
})

it('delivers a film that ffmpeg decodes, chunk by chunk', () => {
  const film = join(run.folder, 'output/final/lighthouse.mp4')
  expect(decoded(film)).toEqual({ frames: 500, width: 480, height: 848, fps: 16 })
  expect(segmentLengths(film)).toEqual([101, 101, 101, 101, 96])
})
