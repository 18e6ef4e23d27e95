import { expect, it } from 'vitest'
import { runSaid } from '../support/meanings.ts'
import { callPr } from './call-pr.ts'
import type { PrOptions } from './run-pr.ts'

interface Case extends PrOptions {
  readonly name: string
  readonly args: readonly string[]
}

const cases: readonly Case[] = [
  { name: 'unknown option', args: ['--widht', '480'] },
  { name: 'unknown option of a dry run', args: ['--dry-run', '--widht', '480'] },
  { name: 'unknown option where DRY_RUN is set', args: ['--widht', '480'], env: { DRY_RUN: 'yes' } },
  { name: 'unknown option of a command', args: ['serve', '--bogus'] },
  { name: 'several unknown options', args: ['--frob', '-x', '--dryrun'] },
  { name: 'negated switch', args: ['--no-dry-run'] },
  { name: 'switch with a word', args: ['--dry-run=yes'] },
  { name: 'option without its value', args: ['--seed'] },
  { name: 'repeated option without its value', args: ['--prompt-file', 'a.txt', '--prompt-file'] },
  { name: 'option of empty text', args: ['--seed', '', '--prompt-file='] },
  { name: 'options of one dash', args: ['-widht', '480', '-abc'] },
  { name: 'options that every object has', args: ['--toString', '--constructor'] },
  { name: 'words behind two dashes', args: ['serve', '--', '--json', 'otter'] },
  { name: 'option given twice', args: ['--width', '480', '--width', '640'] },
  { name: 'mistyped command', args: ['inti'] },
  { name: 'prompt file without its flag', args: ['films/otter.txt'] },
  {
    name: 'prompts of several kinds of fault',
    args: ['--dry-run', '--prompt-dir', '.'],
    files: {
      'a.txt': 'otter\n\nmany\n\nAn otter.\n',
      'b.yaml': 'video_name: heron\ntotal_frames: 50\npositive_prompt: A heron.\nwidth: 100\nsteps: 1\n',
      'c.yaml': 'video_name: badger\ntotal_frames: 50\npositive_prompt: A badger.\nfps: 500\n',
      '._c.yaml': 'not a prompt',
    },
  },
  {
    name: 'several plans that cannot be made',
    args: ['--dry-run', '--prompt-dir', '.'],
    files: {
      'b.yaml': 'video_name: heron\ntotal_frames: 50\npositive_prompt: A heron.\nwidth: 100\nsteps: 0\n',
      'c.yaml': 'video_name: badger\ntotal_frames: 50\npositive_prompt: A badger.\nframes_per_chunk: 10.5\n',
    },
  },
  {
    name: 'chunks that a server could not cut',
    args: ['--dry-run', '--frames-per-chunk', '5000'],
    files: { 'prompt_files/a.txt': 'otter\n\n20\n\nAn otter.\n' },
  },
  {
    name: 'seed of a flag without room for every chunk',
    args: ['--dry-run', '--seed', '9007199254740991', '--frames-per-chunk', '10'],
    files: { 'prompt_files/a.txt': 'otter\n\n20\n\nAn otter.\n' },
  },
  {
    name: 'seed of a configuration file without room for every chunk',
    args: ['--dry-run', '--frames-per-chunk', '10'],
    files: {
      'pr.config.yaml': '# Ours.\nseed: 9007199254740991\n',
      'prompt_files/a.txt': 'otter\n\n20\n\nAn otter.\n',
    },
  },
  {
    name: 'prompt file given twice',
    args: ['--dry-run', '--prompt-file', 'a.txt', '--prompt-file', 'a.txt'],
    files: { 'a.txt': 'otter\n\n20\n\nAn otter.\n' },
  },
  { name: 'bucket address without a bucket', args: ['--bucket', 'gs://'] },
  {
    name: 'object name that is too long',
    args: ['--dry-run'],
    files: {
      'pr.config.json': JSON.stringify({ bucket: `gs://films/${'a/'.repeat(496)}b` }),
      'prompt_files/a.txt': 'otter\n\n20\n\nAn otter.\n',
    },
  },
  {
    name: 'plan of wrong numbers',
    args: [
      '--frames-per-chunk',
      '0',
      '--width',
      '490',
      '--height',
      'tall',
      '--fps',
      '0.5',
      '--steps',
      '1',
      '--cfg',
      '-1',
      '--seed',
      '9007199254740992',
    ],
  },
  { name: 'address without a scheme', args: ['--comfyui-url', 'localhost:8188'] },
  { name: 'address with a password', args: ['--comfyui-url', 'http://me:secret@gpu:8188'] },
  { name: 'token of two lines', args: ['--comfyui-token', 'one\ntwo'] },
  { name: 'header without a colon', args: ['--comfyui-header', 'Authorization Basic abc'] },
  { name: 'certificate that is none', args: ['--ca', 'ca.pem'], files: { 'ca.pem': 'hello\n' } },
  { name: 'bucket without gs', args: ['--bucket', 'films/otters'] },
  { name: 'bucket with a bad name', args: ['--bucket', 'gs://My_Films'] },
  { name: 'bucket that is an address', args: ['--bucket', 'gs://192.168.1.1/films'] },
  { name: 'workflows that are not there', args: ['--workflows', 'nowhere'] },
  { name: 'unknown engine and level', args: ['--engine', 'nock', '--log-level', 'loud'] },
  { name: 'contradicting shutdown', args: ['--no-shutdown', '--force-shutdown'] },
  { name: 'live run without a bucket', args: [] },
  { name: 'dry run neither on nor off', args: [], env: { DRY_RUN: 'maybe' } },
  { name: 'wrong environment', args: [], env: { COMFYUI_URL: 'ftp://gpu', RUNPOD_POD_ID: 'a b', LOG_LEVEL: 'trace' } },
  { name: 'secret that is wrong', args: [], env: { RUNPOD_API_KEY: 'top secret' } },
  {
    name: 'flag, environment and file all wrong',
    args: ['--fps', 'fast'],
    env: { PR_BUCKET: 'films' },
    files: { 'pr.config.yaml': 'width: 100\n' },
  },
  {
    name: 'unknown keys',
    args: [],
    files: { 'pr.config.yaml': 'width: 480\nframes_per_chunks: 81\ncomfyUrl: http://gpu\nzebra: 1\n' },
  },
  {
    name: 'config of wrong types',
    args: [],
    files: { 'pr.config.yaml': '# mine\nwidth: wide\ndryRun: perhaps\npromptFile: [1]\nbucket: 5\n' },
  },
  { name: 'config that is not YAML', args: [], files: { 'pr.config.yaml': 'width: 480\n  height: [1\n' } },
  {
    name: 'config of two documents',
    args: [],
    files: { 'pr.config.yaml': 'width: 480\n__proto__: {}\n---\nheight: 848\n' },
  },
  { name: 'config that is a list', args: [], files: { 'pr.config.yaml': '- width\n' } },
  { name: 'config in JSON', args: [], files: { 'pr.config.json': '{\n  "width": 480,\n  "heigth": 848\n}\n' } },
  { name: 'two config files', args: [], files: { 'pr.config.yaml': '', 'pr.config.json': '{}' } },
  {
    name: 'config module without a default export',
    args: [],
    files: { 'package.json': '{"type":"module"}', 'pr.config.ts': 'export const width = 480\n' },
  },
  {
    name: 'config module that throws',
    args: [],
    files: { 'package.json': '{"type":"module"}', 'pr.config.ts': 'throw new Error("no luck")\n' },
  },
  {
    name: 'config module that awaits',
    args: [],
    files: { 'package.json': '{"type":"module"}', 'pr.config.ts': 'export default await Promise.resolve({})\n' },
  },
  {
    name: 'config module of values that JSON has not',
    args: ['--json'],
    files: {
      'package.json': '{"type":"module"}',
      'pr.config.ts': 'const fps = {}\nfps.fps = fps\nexport default { width: 480n, fps, steps: NaN, cfg: () => 1 }\n',
    },
  },
  {
    name: 'config module that is a map',
    args: [],
    files: { 'package.json': '{"type":"module"}', 'pr.config.ts': 'export default new Map([["width", 480]])\n' },
  },
  {
    name: 'config module whose values throw',
    args: [],
    files: {
      'package.json': '{"type":"module"}',
      'pr.config.ts': 'export default { get width() { throw new Error("no luck") } }\n',
    },
  },
  {
    name: 'prompt of numbers out of range',
    args: ['--dry-run', '--prompt-file', 'otter.yaml', '--cfg', '7'],
    files: {
      'otter.yaml':
        'video_name: otter\ntotal_frames: 60\npositive_prompt: an otter\nseed: 9007199254740991\nwidth: 500\nfps: 1e9\nsteps: 1\nframes_per_chunk: 20\n',
    },
  },
  {
    name: 'credentials that run a program',
    args: ['--bucket', 'gs://films'],
    env: { GOOGLE_APPLICATION_CREDENTIALS: 'key.json' },
    files: { 'key.json': '{"type":"external_account","credential_source":{"executable":{"command":"/bin/evil"}}}' },
  },
  {
    name: 'credentials that run a program one level down',
    args: ['--bucket', 'gs://films'],
    env: { GOOGLE_APPLICATION_CREDENTIALS: 'key.json' },
    files: {
      'key.json':
        '{"type":"impersonated_service_account","source_credentials":{"credential_source":{"executable":{}}}}',
    },
  },
  {
    name: 'credentials that are not there',
    args: ['--bucket', 'gs://films'],
    env: { GOOGLE_APPLICATION_CREDENTIALS: 'key.json' },
  },
  { name: 'two plans', args: ['--plan', 'one.json', '--plan', 'two.json'] },
  { name: 'two plans to be written', args: ['plan', '-o', 'one.json', '-o', 'two.json'] },
  { name: 'two kept classes', args: ['validate', '--object-info', 'one.json', '--object-info', 'two.json'] },
  { name: 'empty name of a file to write', args: ['plan', '-o', ''] },
  { name: 'empty name of a recording', args: ['record', '--name='] },
  { name: 'empty argument', args: ['report', ''] },
  {
    name: 'keys that belong elsewhere',
    args: [],
    files: { 'pr.config.yaml': 'plan: plan.json\nrunpodApiKey: key\nshow_settings: true\n' },
  },
  { name: 'wrong options as JSON', args: ['--json', '--width', '1'] },
]

it.each(cases)('$name: says what is wrong, and what does help, and ends with exit code 2', async (one) => {
  const { name, args, ...options } = one
  const { transcript, exitCode, cwd, stdout, stderr } = await callPr(args, options)
  expect(exitCode).toBe(2)
  await expect(transcript).toMatchFileSnapshot(`expected/bad-input/${name.replaceAll(/\W+/g, '-')}.txt`)
  await runSaid(stdout + stderr, (words, env) => callPr(words, { cwd, env: { ...options.env, ...env } }))
})
