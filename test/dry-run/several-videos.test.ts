import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decoded } from '../support/film.ts'
import { type Json, promptFile, rehearsalFolder, rehearse } from '../support/rehearse.ts'

const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
const env = { SOURCE_DATE_EPOCH: '1767225600' }

it('renders one video after the other and goes on numbering', async () => {
  const files = { 'prompt_files/1.txt': promptFile('heron', 49), 'prompt_files/2.txt': promptFile('otter', 120) }
  const run = await rehearse([], { files, env })
  expect(run.exitCode).toBe(0)
  expect(run.files.filter((file) => /^(workflows|render_jobs|combine_jobs|uploads|output)\//.test(file))).toEqual([
    'combine_jobs/combine_jobs_000000.json',
    'combine_jobs/combine_jobs_000000_2.json',
    'output/final/heron.mp4',
    'output/final/otter.mp4',
    'render_jobs/render_jobs_000000.json',
    'render_jobs/render_jobs_000000_2.json',
    'uploads/upload_001_heron.mp4.json',
    'uploads/upload_002_manifest.json.json',
    'uploads/upload_003_otter.mp4.json',
    'uploads/upload_004_manifest.json.json',
    'workflows/workflow_001_high_noise_render.json',
    'workflows/workflow_002_low_noise_render.json',
    'workflows/workflow_003_combine.json',
    'workflows/workflow_004_high_noise_render.json',
    'workflows/workflow_005_low_noise_render.json',
    'workflows/workflow_006_high_noise_render.json',
    'workflows/workflow_007_low_noise_render.json',
    'workflows/workflow_008_combine.json',
    'workflows/workflow_009_combine.json',
  ])
  expect(run.json('render_jobs/render_jobs_000000_2.json').metadata.video_name).toBe('otter')
  // The plans call each job's workflow as its file is called.
  const planned = run.files
    .filter((file) => /^(render|combine)_jobs\//.test(file))
    .flatMap((file) => run.json(file).jobs)
  const sent = run.files.filter((file) => file.startsWith('workflows/')).map((file) => run.json(file))
  expect(planned.length).toBe(sent.length)
  for (const { workflow_id, job_info } of sent) {
    const job: Json = planned.find((each: Json) => each.job_id === job_info.job_id)
    expect(job.workflow_id).toBe(workflow_id)
    if (job_info.type === 'low_noise_render') expect(job.depends_on).toEqual([workflow_id - 1])
  }
  expect(run.summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
    ['heron', 'finished'],
    ['otter', 'finished'],
  ])
  expect(decoded(join(run.folder, 'output/final/otter.mp4')).frames).toBe(120)
})

it('goes on with the next video when one fails, and says why it failed', async () => {
  const yaml = `video_name: otter\ntotal_frames: 33\npositive_prompt: An otter swims.\nloras:\n  high: wan2.2_high_t2w.safetensors\n`
  const files = {
    'prompt_files/1.txt': promptFile('heron', 17),
    'prompt_files/2.yaml': yaml,
    'prompt_files/3.txt': promptFile('badger', 21),
  }
  const run = await rehearse([], { files, env })
  expect(run.exitCode).toBe(1)
  const told = run.stderr.replaceAll(run.cwd, '<cwd>')
  await expect(told).toMatchFileSnapshot('expected/unknown-lora.txt')
  expect(run.summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
    ['heron', 'finished'],
    ['otter', 'failed'],
    ['badger', 'finished'],
  ])
  expect(run.summary).toMatchObject({
    ok: false,
    exit_code: 1,
    jobs: { total: 9, done: 6, failed_attempts: 1 },
    frames: { rendered: 38, kept: 38 },
    uploads: { videos: 2, manifests: 2 },
  })
  expect(existsSync(join(run.folder, 'output/final/otter.mp4'))).toBe(false)
  // The refused workflow was sent, so it is there to read.
  expect(run.json('workflows/workflow_004_high_noise_render.json')).toMatchObject({ status: 400 })
  expect(run.json('workflows/workflow_007_high_noise_render.json')).toMatchObject({
    workflow_id: 7,
    job_info: { video_name: 'badger', job_number: 1 },
  })
})

it.each([['whose file is another than was planned', 'end of job 2: cut file, always', 'PR_OUTPUT_MISMATCH']])(
  'goes on with the next video after a job %s, which does not run any more',
  async (_, fault, code) => {
    const files = { 'prompt_files/1.txt': promptFile('heron', 13), 'prompt_files/2.txt': promptFile('otter', 13) }
    const run = await rehearse([...small, '--fault', fault], { files, env })
    expect(run.exitCode).toBe(1)
    expect(run.stderr).toContain(`heron failed: ${code}: `)
    expect(run.stderr).not.toContain('may still be waiting or running')
    expect(run.summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
      ['heron', 'failed'],
      ['otter', 'finished'],
    ])
  },
)

it('names every video that was not begun', async () => {
  const names = ['heron', 'otter', 'badger']
  const files = Object.fromEntries(names.map((name, index) => [`prompt_files/${index}.txt`, promptFile(name, 13)]))
  const run = await rehearse([...small, '--fault', 'GET /history of job 1: status 401, always'], { files, env })
  expect(run.exitCode).toBe(1)
  expect(run.stderr).toContain('PR_RUN_FAILED: Not every video was finished: heron, otter, badger\n')
  expect(run.stderr).toContain('otter: PR_RUN_FAILED: It was not begun: the run stopped at heron\n')
  expect(run.stdout).toContain('9 jobs: 6 render, 3 combine (0 done) ')
  expect(run.stdout).toContain('\n*DRY-RUN* Not begun: otter, badger\n')
  expect(run.summary.videos.map(({ name, status }: Json) => [name, status])).toEqual([
    ['heron', 'failed'],
    ['otter', 'not_begun'],
    ['badger', 'not_begun'],
  ])
})

it('takes everything that a YAML prompt can say', async () => {
  const folder = new URL('../../fixtures/prompt_files/films/', import.meta.url)
  const cwd = rehearsalFolder({
    'prompt_files/dunes.yaml': readFileSync(new URL('dunes.yaml', folder), 'utf8').split('loras:')[0]!,
  })
  for (const name of ['dunes.png', 'pan.mp4']) {
    const { copyFileSync } = await import('node:fs')
    copyFileSync(new URL(name, folder), join(cwd, 'prompt_files', name))
  }
  const run = await rehearse(['--keep-intermediate'], { cwd, env })
  expect(`${run.exitCode} ${run.stderr}`).toBe('0 ')
  expect(decoded(join(run.folder, 'output/final/dunes.mp4'))).toEqual({ frames: 162, width: 832, height: 480, fps: 16 })
  const nodes = (workflow: string): Json[] => Object.values(run.json(`workflows/${workflow}`).workflow)
  const inputs = (workflow: string, type: string) =>
    nodes(workflow).find(({ class_type }) => class_type === type)?.inputs
  expect(inputs('workflow_001_high_noise_render.json', 'LoadImage')).toMatchObject({ image: 'dunes.png' })
  expect(inputs('workflow_001_high_noise_render.json', 'LoadVideo')).toMatchObject({ file: 'pan.mp4' })
  expect(inputs('workflow_001_high_noise_render.json', 'ImageFromBatch')).toMatchObject({ batch_index: 0 })
  expect(inputs('workflow_003_high_noise_render.json', 'ImageFromBatch')).toMatchObject({ batch_index: 81 })
  expect(inputs('workflow_003_high_noise_render.json', 'LoadImage').image).toMatch(/dunes_chunk_002_reference\.png$/)
  expect(inputs('workflow_002_low_noise_render.json', 'KSamplerAdvanced')).toMatchObject({
    steps: 20,
    cfg: 3.5,
    noise_seed: 41,
    start_at_step: 10,
  })
  const uploads = run
    .json('traffic.har')
    .log.entries.filter(({ request }: Json) => request.url.endsWith('/upload/image'))
  expect(uploads).toHaveLength(3)
})
