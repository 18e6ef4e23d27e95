import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import type { FurnishedFolder } from '../support/furnished-folder.ts'
import { journals } from '../support/journals.ts'
import type { Json } from '../support/rehearse.ts'
import { brokenFfmpeg } from '../support/simulated-ffmpeg.ts'

/** A call of the program that tells a person to run commands. */
export interface TellingCall {
  readonly name: string
  readonly args: (folder: FurnishedFolder) => readonly string[]
  /** What is otherwise in the folder. */
  readonly before?: (cwd: string, folder: FurnishedFolder) => unknown
  /** How the commands begin that it tells of. */
  readonly told: readonly string[]
}

const edit = (file: string, from: string, to: string) => (cwd: string) => {
  const path = join(cwd, file)
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))
}
const without =
  (...names: string[]) =>
  (cwd: string) => {
    for (const name of names) rmSync(join(cwd, name), { recursive: true })
  }

/** A prompt that no film has. */
function recordOneMore(cwd: string): void {
  const path = join(cwd, 'recordings/mine/comfyui.har')
  const { log }: Json = JSON.parse(readFileSync(path, 'utf8'))
  const sent = log.entries.find(({ request }: Json) => request.method === 'POST' && request.url.endsWith('/prompt'))
  const text = JSON.stringify({ prompt: { 1: { class_type: 'EmptyLatentImage', inputs: {} } } })
  const request = { ...sent.request, postData: { mimeType: 'application/json', text } }
  log.entries.push({ ...sent, startedDateTime: '2099-01-01T00:00:00.000Z', request })
  writeFileSync(path, JSON.stringify({ log }))
}

/** Of the first chunk of a run's film. */
function seedIn(cwd: string, run: string): string {
  const started = journals(join(cwd, 'output/prompt-runner'))[run]!.find(({ kind }) => kind === 'video-started')
  return String(started.plan.seed)
}

const quiet = '--quiet'
const summaryOf = (run: string) => `output/prompt-runner/state/summary_${run}.json`
const gcs = resolve('recordings/gcs/gcs.har')
const other = resolve('fixtures/conformance-0.29/comfyui.har')

/** One for each sentence of the sources that names a command. */
export const tellingCalls: readonly TellingCall[] = [
  {
    name: 'no prompts',
    args: () => ['--dry-run'],
    before: without('prompt_files', 'pr.config.yaml'),
    told: ['pr init'],
  },
  { name: 'a file in the way', args: () => ['init', 'otter.txt'], told: ['pr init DIR'] },
  { name: 'files that are there', args: () => ['init'], told: ['pr init DIR'] },
  {
    name: 'a first folder',
    args: () => ['init'],
    before: without('prompt_files', 'pr.config.yaml'),
    told: ['pr --dry-run'],
  },
  {
    name: 'an unknown key',
    args: () => ['plan'],
    before: edit('pr.config.yaml', 'width', 'zebra'),
    told: ['pr help settings'],
  },
  { name: 'an unknown topic', args: () => ['help', 'zebra'], told: ['pr help'] },
  { name: 'the list of topics', args: () => ['help'], told: ['pr help TOPIC', 'pr COMMAND --help'] },
  { name: 'an unknown flag', args: () => ['--zebra'], told: ['pr --help'] },
  { name: 'an unknown flag of a command', args: () => ['clean', '--zebra'], told: ['pr clean --help'] },
  {
    name: 'a mistyped command',
    args: () => ['inti'],
    before: without('prompt_files', 'pr.config.yaml'),
    told: ['pr init'],
  },
  { name: 'an empty argument', args: () => ['report', ''], told: ['pr report --help'] },
  { name: 'half a comparison', args: () => ['diff', 'otter'], told: ['pr diff A B', 'pr diff'] },
  {
    name: 'nothing to compare',
    args: () => ['diff'],
    before: without('output', 'temp_dry_run_20261123_120500'),
    told: ['pr diff A B', 'pr runs'],
  },
  { name: 'half a redo', args: () => ['redo', 'otter'], told: ['pr redo NAME CHUNK'] },
  {
    name: 'the same again',
    args: ({ cwd, runs }) => ['redo', 'otter', '1', '--seed', seedIn(cwd, runs.done), '--dry-run'],
    told: ['pr runs'],
  },
  { name: 'nothing to go on with', args: () => ['--resume'], before: without('output'), told: ['pr runs'] },
  { name: 'the page of an unknown run', args: () => ['report', 'zebra'], told: ['pr runs'] },
  {
    name: 'a run in progress',
    args: () => ['--resume'],
    before: (cwd, { runs }) => {
      const lock = { pid: process.pid, host: hostname(), since: '2026-01-01', started: null }
      for (const name of [runs.failed, runs.shared]) {
        writeFileSync(join(cwd, `output/prompt-runner/state/${name}.lock`), JSON.stringify(lock))
      }
    },
    told: ['pr runs'],
  },
  { name: 'the list of runs', args: () => ['runs'], told: ['pr --prompt-file otter.txt --resume '] },
  { name: 'a run that fails', args: () => ['--ffmpeg', brokenFfmpeg], told: ['pr --ffmpeg'] },
  { name: 'a rehearsal', args: () => ['--dry-run'], before: without('output'), told: ['pr plan --gpus', 'pr doctor'] },
  {
    name: 'a rehearsal that dies',
    args: () => ['--dry-run', '--fault', 'event job-finished of job 2: kill with SIGTERM'],
    told: ['pr --'],
  },
  { name: 'a run', args: () => [quiet], told: ['pr redo heron 1', 'pr clean'] },
  { name: 'an unknown GPU', args: () => ['plan', '--gpu', 'RTX 4090 Ti'], told: ['pr plan --gpus'] },
  { name: 'a plan that is written', args: () => ['plan', '-o', 'p.json'], told: ['pr --plan p.json'] },
  { name: 'no plan', args: () => ['plan', '--plan', 'zebra.json'], told: ['pr plan -o plan.json'] },
  {
    name: 'an edited plan',
    args: () => ['plan', '--plan', 'plan.json'],
    before: edit('plan.json', 'heron', 'heran'),
    told: ['pr plan -o plan.json'],
  },
  { name: 'a stale plan', args: () => ['plan', '--plan', 'plan.json', '--steps', '6'], told: ['pr plan'] },
  {
    name: 'a plan that has moved',
    args: () => ['plan', '--plan', 'plan.json'],
    before: without('prompt_files'),
    told: ['pr plan --help'],
  },
  { name: 'a plan by the recording', args: () => ['--plan', 'plan.json'], told: ['pr plan --ask-server'] },
  { name: 'a workflow that is refused', args: () => ['--low-lora', 'zebra.safetensors'], told: ['pr validate'] },
  {
    name: 'a recording of other classes',
    args: () => ['--dry-run', '--recording', 'comfyui-smoke'],
    told: ['pr record --probe'],
  },
  {
    name: 'a recording without classes',
    args: () => ['--dry-run', '--recording', gcs],
    told: ['pr record'],
  },
  {
    name: 'a recording that is not used',
    args: () => ['--dry-run', '--strict', '--recording', 'recordings/mine'],
    before: recordOneMore,
    told: ['pr record --prompt-file prompt_files/heron.txt --name mine'],
  },
  {
    name: 'a plan by the server',
    args: () => ['--dry-run', '--plan', 'p.json'],
    before: (_, { pr }) => pr(['plan', '--ask-server', '-o', 'p.json']),
    told: ['pr plan --ask-server'],
  },
  {
    name: 'templates that no server takes',
    args: () => ['doctor', '--workflows', 'templates'],
    before: edit('templates/render.json', '"euler"', '"otter"'),
    told: ['pr validate --workflows templates'],
  },
  {
    name: 'a server of another version',
    args: () => ['doctor', '--recording', other],
    told: ['pr record', 'pr drift'],
  },
  { name: 'a server that has changed', args: () => ['drift', '--recording', other], told: ['pr record'] },
  { name: 'a test of no run', args: () => ['record', '--to-test', 'a.test.ts'], told: ['pr runs'] },
  {
    name: 'a recording of a run',
    args: ({ runs }) => ['record', '--from-run', runs.failed],
    told: ['pr --dry-run --recording '],
  },
  {
    name: 'a recording of a run that is done',
    args: ({ runs }) => ['record', '--from-run', runs.done],
    told: ['pr runs'],
  },
  {
    name: 'a recording of a run that died',
    args: ({ runs }) => ['record', '--from-run', runs.failed],
    before: (cwd, { runs }) => without(summaryOf(runs.failed))(cwd),
    told: ['pr --resume'],
  },
  {
    name: 'a sweep of what fails',
    args: () => ['--dry-run', '--sweep', '--low-lora', 'zebra.safetensors'],
    told: ['pr --dry-run'],
  },
]
