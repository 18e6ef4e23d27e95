import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { expect, it } from 'vitest'
import { eventOf } from '../../src/state/journal-line.ts'
import { promptFile, rehearsalFolder, rehearse, runFolder } from '../support/rehearse.ts'

const key = `sk-${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5iJ7kL9mN1oP3'}`
const pin = 'glade-4711-otter'
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--log-level', 'DEBUG']

it('lets no file of a run folder, no log and no --json hold what another hides, and says what it changed', async () => {
  const files = { 'prompt_files/otter.txt': promptFile('otter', 13, `An otter, ${key}, wades.`, `blurry ${pin}`) }
  const run = await rehearse([...small, '--comfyui-header', `X-Pin: ${pin}`, '--json'], { files })
  const holding = run.files.filter((name) => {
    const text = readFileSync(join(run.folder, name), 'latin1')
    return text.includes(key) || text.includes(pin)
  })
  expect([run.exitCode, holding]).toEqual([0, []])
  expect([run.stdout, run.stderr].join('\n')).not.toMatch(/sk-aB3|glade-4711/)
  const changed = (run.summary.rehearsal.redacted as Array<{ file: string; members: string[] }>).map(
    ({ file, members }) => [file.replace(/\d{6}(?=\.json$)|[\da-f]{64}|[\w-]+(?=\.jsonl$)/, 'X'), members],
  )
  const prompts = ['job_info.modifications', 'workflow.5.inputs.text', 'workflow.6.inputs.text']
  expect(changed).toEqual([
    ['bodies/X.mp4', ['metadata']],
    ['render_jobs/render_jobs_X.json', ['jobs.negative_prompt', 'jobs.positive_prompt']],
    ['state/X.jsonl', ['plan.negativePrompt', 'plan.positivePrompt']],
    ['traffic.har', expect.anything()],
    ['workflows/workflow_001_high_noise_render.json', prompts],
    ['workflows/workflow_002_low_noise_render.json', prompts],
  ])
})

it('says and keeps nowhere a secret that an answer or a fault repeats', async () => {
  const files = { 'prompt_files/otter.txt': promptFile('otter', 13) }
  const fault = `GET /history of job 1: status 500 as text saying ${key}, always`
  for (const json of [[], ['--json']]) {
    const run = await rehearse([...small, '--fault', fault, ...json], { files })
    const holding = run.files.filter((name) => readFileSync(join(run.folder, name), 'latin1').includes(key))
    const isSaid = [run.stdout, run.stderr].join('\n').includes(key)
    expect([run.exitCode, holding, isSaid]).toEqual([1, [], false])
  }
})

it('changes no prompt that only speaks of secrets', async () => {
  const prompt = 'basic composition, soft basic lighting, bearer of bad news, key=low, hf_realistic_v2, sk-anime_style'
  const files = { 'prompt_files/otter.txt': promptFile('otter', 13, prompt, 'password on a wall, secret garden') }
  const run = await rehearse(small, { files })
  const texts = Object.values(run.json('workflows/workflow_001_high_noise_render.json').workflow).map(
    (node) => (node as { inputs: { text?: unknown } }).inputs.text,
  )
  expect([run.exitCode, texts.includes(prompt), run.summary.rehearsal.redacted]).toEqual([0, true, []])
})

it('has no secret in what is on the disk at any moment of the run, and a journal that is whole', async () => {
  const cwd = rehearsalFolder({
    'prompt_files/otter.txt': promptFile('otter', 13, `An otter, ${key}.`, `blurry ${pin}`),
  })
  const holding = new Set<string>()
  const kinds = new Set<string>()
  let looks = 0
  const onSaid = () => {
    const { folder, files } = runFolder(cwd)
    looks += files.length
    for (const name of files) {
      kinds.add(extname(name))
      const text = readFileSync(join(folder, name), 'latin1')
      if (text.includes(key) || text.includes(pin)) holding.add(name)
    }
  }
  const flags = [...small, '--comfyui-header', `X-Pin: ${pin}`, '--upload', 'all']
  const run = await rehearse(flags, { cwd, onSaid })
  expect([run.exitCode, [...holding], looks > 50]).toEqual([0, [], true])
  expect([...kinds]).toEqual(expect.arrayContaining(['.har', '.json', '.jsonl', '.latent', '.log', '.mp4']))
  const journal = run.files.find((name) => name.endsWith('.jsonl'))!
  const lines = run.text(journal).trim().split('\n')
  expect(lines.map((line) => eventOf(line).kind)).toContain('video-started')
})
