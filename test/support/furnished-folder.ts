import { cpSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { callPr } from '../cli/call-pr.ts'
import type { PrResult } from '../cli/run-pr.ts'
import { liveServer, workflow } from '../record/live-server.ts'
import { promptFile, runFolder, temporaryFolder } from './rehearse.ts'
import { runContext } from './run-context.ts'
import { lineOf, refusal, simulatedWorld } from './simulated-world.ts'

/** A folder in which somebody has worked with `pr`, on a pod, and in which any command can be run. */
export interface FurnishedFolder {
  readonly cwd: string
  /** Live runs of `otter`: one that is done, one that has failed and may be resumed, and such a one that is shared by its bucket. */
  readonly runs: { readonly done: string; readonly failed: string; readonly shared: string }
  /**
   * Runs the program in it, in the simulated world that its live runs have met. What serves until it is stopped has free ports, for
   * others may have the usual ones, and is stopped at once.
   */
  pr(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<PrResult>
  /** Makes it as it was at first. */
  reset(): void
}

const heron = promptFile('heron', 14)
const config = 'width: 64\nheight: 64\nframesPerChunk: 13\noutputDir: output/prompt-runner\nyes: true\n'

/** The folder, with the files of whoever has read all pages. `until` ends its servers. */
export async function furnishedFolder(until: (end: () => Promise<void>) => void): Promise<FurnishedFolder> {
  const context = runContext({
    'pr.config.yaml': config,
    'otter.txt': promptFile('otter', 30),
    'prompt_files/heron.txt': heron,
    'fixtures/prompt_files/example.txt': heron,
    ...Object.fromEntries(['my', 'a', 'b', 'my-workflow'].map((name) => [`${name}.json`, workflow(255)])),
    'new.json': readFileSync('fixtures/workflows/object_info.json', 'utf8'),
    'static/index.html': '<!doctype html>',
    'my-server.har': readFileSync('fixtures/hars/chrome.har', 'utf8'),
  })
  const { cwd } = context
  cpSync('src/workflows', join(cwd, 'templates'), { recursive: true })
  for (const name of ['mine', 'otter', 'my-server']) {
    cpSync('recordings/wan22-two-chunks', join(cwd, 'recordings', name), { recursive: true })
  }
  const [smoke, films] = [await liveServer('comfyui-smoke', { until }), await liveServer('wan22-two-chunks', { until })]

  let isRefusing = false
  let prompts = 0
  let calls = 0
  const world = await simulatedWorld((service, http) => async (request) => {
    if (!isRefusing || lineOf(service, request) !== 'comfyui POST /prompt') return http(request)
    prompts += 1
    return prompts % 3 === 0 ? refusal() : http(request)
  })
  let isAsLeft = false
  const pr: FurnishedFolder['pr'] = async (args, env = {}) => {
    isAsLeft &&= isReading(args)
    if (isLive(args)) {
      calls += 1
      // Each has a pod of its own, for it may be stopped.
      const onPod = { RUNPOD_POD_ID: `p${calls}`, RUNPOD_API_KEY: 'key', ...env }
      return context.start(world, args, { env: onPod, isAgreed: false, isBare: true }).ended
    }
    const { url } = args.includes('--prompt-file') || args[0] === 'drift' ? films : smoke
    const options = { cwd, env: { ...(isRecording(args) && { COMFYUI_URL: url }), ...env } }
    if (args[0] === 'serve') return callPr(onFreePorts(args), { ...options, onSaid: stopWhenThere })
    // Its engine leaves them to the next garbage collection.
    return callPr(args, { ...options, ...(args.includes('msw') && { mayLeave: 'TCPSocketWrap' }) })
  }
  const runName = ({ stdout }: PrResult): string => JSON.parse(stdout).run_name

  const film = ['--prompt-file', 'otter.txt', '--json']
  isRefusing = true
  const shared = runName(await pr([...film, '--seed', '5', '--upload', 'all']))
  const failed = runName(await pr(film))
  isRefusing = false
  const done = runName(await pr(film))
  for (const [stamp, steps] of Object.entries({ '120000': '8', '120500': '6' })) {
    await pr(['--dry-run', '--steps', steps])
    renameSync(runFolder(cwd).folder, join(cwd, `temp_dry_run_20261123_${stamp}`))
  }
  await pr(['plan', '-o', 'plan.json'])
  const first = temporaryFolder()
  copy(cwd, first)
  return {
    cwd,
    runs: { done, failed, shared },
    pr,
    reset() {
      if (isAsLeft) return
      isAsLeft = true
      for (const name of readdirSync(cwd)) rmSync(join(cwd, name), { recursive: true })
      copy(first, cwd)
    },
  }
}

/** Whether a call talks to a server, a bucket or a pod other than a recorder does. */
function isLive(args: readonly string[]): boolean {
  const [word = ''] = args
  if (args.includes('--dry-run')) return false
  return (
    word === '' || word.startsWith('-') || ['run', 'redo', 'doctor'].includes(word) || args.includes('--ask-server')
  )
}

/** Whether a call asks a server of its own, past the simulated world. */
function isRecording(args: readonly string[]): boolean {
  const [word = ''] = args
  return args.includes('--record-to') || (['record', 'drift'].includes(word) && !args.includes('--from-run'))
}

/** Whether a call leaves the folder as it is. */
function isReading([word = '', ...flags]: readonly string[]): boolean {
  return ['help', 'runs', 'validate', 'doctor', 'serve', 'completion'].includes(word) && !flags.includes('--record-to')
}

function onFreePorts(args: readonly string[]): string[] {
  const port = args.indexOf('--port')
  return port < 0 ? [...args, '--port', '0'] : args.with(port + 1, '0')
}

function stopWhenThere(said: string): void {
  if (/Ctrl-C|"environment"/.test(said)) process.emit('SIGINT', 'SIGINT')
}

function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, preserveTimestamps: true })
}
