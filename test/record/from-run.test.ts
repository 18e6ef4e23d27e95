import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replayRun } from '../../src/exports/replay.ts'
import { callPr } from '../cli/call-pr.ts'
import { rehearsedPace } from '../support/hurry.ts'
import { type Json, promptFile, rehearse, runFolder } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld, worldWithFaults } from '../support/simulated-world.ts'

/** What a run said at its end, wherever its files went. */
const words = (failures: Json, output: string) =>
  failures.map(({ code, message, problems }: Json) => {
    const told = problems.map(({ file, message }: Json) => `${file}: ${message}`)
    return JSON.parse(JSON.stringify([code, message, ...told]).replaceAll(output, '<output>'))
  })

/** Codes of all that a run that failed told of. */
const codesOf = (failures: Json): string[] =>
  failures.flatMap(({ problems }: Json) =>
    problems.flatMap(({ message }: Json) => /^(PR_\w+):/.exec(message)?.[1] ?? []),
  )

it.each([
  ['node VAEDecode of job 2: out of memory, always', 'PR_COMFY_FAILED'],
  ['POST /prompt of job 3: status 524, always', 'PR_COMFY_UNREACHABLE'],
  ['POST /prompt of job 2: no model wan2.2_low_t2v.safetensors, always', 'PR_COMFY_REJECTED'],
  ['end of job 2: damaged file, always', 'PR_FFMPEG'],
  ['end of job 2: foreign file, always', 'PR_OUTPUT_MISMATCH'],
  ['write of video of chunk 2: disk full, always', 'PR_FILE'],
  ['chunk 1 of upload 1: status 403, always', 'PR_UPLOAD'],
])('makes a recording of a live run that met "%s", which fails in the same words', async (fault, code) => {
  const world = await worldWithFaults([fault])
  const context = runContext()
  rehearsedPace()
  const { summary, exitCode } = await context.live(world, ['--wait-for-server', '3s'])
  const name: string = summary.run_name
  // What the run was started in is not what it is recorded in.
  const env = { PR_BUCKET: 'gs://films/june', COMFYUI_URL: 'http://127.0.0.1:1/base' }
  const made = await callPr(['record', '--from-run', name], { cwd: context.cwd, env })
  expect([made.exitCode, made.stderr]).toEqual([0, ''])
  expect(made.stdout).toContain(`Recorded recordings/${name}, which fails in the same words.`)
  const again = await callPr(['--dry-run', '--recording', name], { cwd: context.cwd })
  const { summary: replayed, folder } = runFolder(context.cwd)
  expect([again.exitCode, replayed.run_name]).toEqual([exitCode, name])
  expect(words(replayed.failures, `${folder}/output`)).toEqual(words(summary.failures, context.outputDir))
  expect(codesOf(replayed.failures)).toEqual([code])
})

it('writes of a rehearsal that failed what is in it, and the test that replays it', async () => {
  const fault = 'node VAEDecode of job 2: raise RuntimeError "no luck", always'
  const files = {
    'prompt_files/otter.yaml': 'video_name: otter\ntotal_frames: 24\npositive_prompt: An otter.\nseed: 7\n',
  }
  const flags = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--no-upload', '--fault', fault]
  const { cwd, folder, summary } = await rehearse(flags, { files })
  const file = join(cwd, 'test/no-luck.test.ts')
  const args = ['record', '--from-run', folder, '--name', 'no-luck', '--to-test', file, '--json']
  const { exitCode, stdout, stderr } = await callPr(args, { cwd })
  expect([exitCode, stderr]).toEqual([0, ''])
  const recording = join(cwd, 'recordings/no-luck')
  const { run, outcome, flags: kept, ...rest } = JSON.parse(readFileSync(join(recording, 'run.json'), 'utf8'))
  expect({ ...rest, kind: run.kind, name: run.name }).toEqual({
    format: 'prompt-runner run 1',
    kind: 'rehearsal',
    name: summary.run_name,
    answers_from: 'wan22-two-chunks',
    faults: [`${fault}`],
    reconstructed: [],
  })
  expect(kept).toMatchObject({ 'prompt-file': ['prompt_files/001.yaml'], 'no-upload': true, 'max-retries': '3' })
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, recording, verified: true, outcome })
  const test = readFileSync(file, 'utf8')
  await expect(test.replaceAll(summary.run_name, 'RUN')).toMatchFileSnapshot('expected/no-luck.test.txt')
  expect(await replayRun(recording)).toEqual(outcome)
  expect(codesOf(summary.failures)).toEqual(['PR_COMFY_FAILED'])
  const again = await rehearse(['--recording', 'no-luck'], { cwd })
  const [, name, place] = /--resume (\S+) --output-dir (\S+)/.exec(again.stderr) ?? []
  const mended = await rehearse(['--recording', 'no-luck', '--resume', name!, '--output-dir', place!], { cwd })
  expect([again.exitCode, mended.exitCode, mended.stderr]).toEqual([1, 0, ''])
  await rehearse(['--recording', 'no-luck'], { cwd })
  const bare = await rehearse(['--resume'], { cwd })
  expect([bare.exitCode, bare.stderr, bare.summary.run_name]).toEqual([0, '', name])
})

it.each([
  ['folders outside the output', 'write of cleanup: disk full, always', 1],
  ['times of day', 'ffprobe of film: fail with 3 saying "no frames", always', 6],
  [
    'a secret in a fault',
    `GET /history of job 1: status 500 as text saying hf_${'QkZjWpLxTnRvYhBmGs'.repeat(2).slice(0, 34)}, always`,
    1,
  ],
])('makes a recording of a rehearsal whose words hold %s', async (_, fault, code) => {
  const files = { 'prompt_files/otter.txt': promptFile('otter', 24) }
  const flags = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--fault', fault]
  const { cwd, folder, exitCode } = await rehearse(flags, { files })
  const made = await callPr(['record', '--from-run', folder, '--name', 'otter'], { cwd })
  expect([exitCode, made.exitCode, made.stderr]).toEqual([code, 0, ''])
  const kept = readFileSync(join(cwd, 'recordings/otter/run.json'), 'utf8')
  expect(kept).not.toMatch(/hf_QkZ|temp_dry_run|\d\d:\d\d:\d\d\.\d{3} /)
})

it('takes secrets out of prompts', async () => {
  const key = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH'
  const files = { 'prompt_files/otter.txt': promptFile('otter', 5, `An otter with the key ${key}.`) }
  const { cwd, folder } = await rehearse(['--no-upload', '--fault', 'end of job 1: clear history'], { files })
  const { folder: failed } = await rehearse(['--no-upload', '--fault', 'node 10 of job 1: raise E no, always'], { cwd })
  expect(existsSync(folder)).toBe(true)
  const { exitCode, stdout } = await callPr(['record', '--from-run', failed, '--name', 'secret'], { cwd })
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('a secret that was taken out')])
  const prompt = readFileSync(join(cwd, 'recordings/secret/prompt_files/001.yaml'), 'utf8')
  expect(prompt).not.toContain(key)
})

it.each([
  [['--from-run', 'DONE'], 'has not failed: there is nothing to meet again'],
  [['--from-run', 'nobody'], 'there is no run nobody'],
  [['--to-test', 'a.test.ts'], 'no run was given'],
  [['--from-run', 'DONE', '--name', '..'], 'cannot be the name of a folder'],
])('refuses %j', async (args, why) => {
  const context = runContext({ 'prompt_files/otter.txt': promptFile('otter', 5) })
  const needsRun = args.includes('DONE')
  const done = needsRun ? (await context.live(await simulatedWorld(), ['--no-upload'])).summary.run_name : ''
  const words = args.map((word) => (word === 'DONE' ? done : word))
  const { exitCode, stderr } = await callPr(['record', ...words], { cwd: context.cwd })
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(why)])
  expect([stderr.includes('is kept in'), globSync('recordings/*', { cwd: context.cwd })]).toEqual([false, []])
})
