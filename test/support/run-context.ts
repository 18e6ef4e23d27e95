import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { expect } from 'vitest'
import { noFaults } from '../../src/network/faults/no-faults.ts'
import { installNetwork } from '../../src/network/install.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import type { SimulatedService, Simulator } from '../../src/simulators/simulator.ts'
import { callPr } from '../cli/call-pr.ts'
import type { PrResult } from '../cli/run-pr.ts'
import { journals } from './journals.ts'
import { filesIn, type Json, promptFile, type Rehearsed, rehearse, temporaryFolder } from './rehearse.ts'
import { type Running, startPr } from './running.ts'
import { serviceAccount } from './service-account.ts'
import { brokenFfmpeg, simulateFfmpeg } from './simulated-ffmpeg.ts'
import { lineOf, type SimulatedWorld } from './simulated-world.ts'

/**
 * A folder in which `pr` runs once or several times, the whole program in this process. A live run meets a simulated world, which
 * remembers the runs before it; nothing of the program but its network is another one.
 */
export interface RunContext {
  readonly cwd: string
  /** Of live runs. */
  readonly outputDir: string
  /** Every file in the output directory. */
  files(): string[]
  /** What the journal of a run says. */
  journal(name: string): Json[]
  /** Runs live to the end, uploading to gs://films/june unless told otherwise. `summary` is what --json prints. */
  live(
    world: SimulatedWorld,
    flags?: readonly string[],
    env?: Environment,
    more?: StartOptions,
  ): Promise<PrResult & { summary: Json }>
  /** Starts a live run without --json. */
  start(world: SimulatedWorld, flags?: readonly string[], options?: StartOptions): Running
  /** Rehearses in the same folder. */
  rehearse(flags?: readonly string[]): Promise<Rehearsed>
}

type Environment = Readonly<Record<string, string>>

interface StartOptions {
  readonly env?: Environment
  /** Whether --yes is given, which it is when left out. */
  readonly isAgreed?: boolean
  /** Whether the size of chunks and pictures is left out. */
  readonly isBare?: boolean
  /** Is asked before a request reaches its service, and once more when it is answered; where it says true, the machine dies. */
  readonly diesAt?: (asked: string, isAnswered: boolean) => boolean
  /** Is told what the program says, at that moment. */
  readonly onSaid?: (text: string) => void
}

/** One video of two chunks: HIGH and LOW 1 to 4, combine 5 and 6. */
const otter = { 'prompt_files/otter.txt': promptFile('otter', 24) }
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
const address = 'http://127.0.0.1:8188'
const programs = ['ffmpeg', 'ffprobe', brokenFfmpeg, '/nowhere/it']

/** A context with one small prompt file, or with `files`. */
export function runContext(files: Readonly<Record<string, string>> = otter): RunContext {
  const cwd = temporaryFolder(files)
  const outputDir = join(cwd, 'output/prompt-runner')
  const environment = { COMFYUI_URL: address, PR_BUCKET: 'gs://films/june' }
  const start: RunContext['start'] = (
    world,
    flags = [],
    { env, isAgreed = true, isBare = false, diesAt = () => false, onSaid = () => {} } = {},
  ) => {
    let isDead = false
    const reached = (service: SimulatedService): SimulatedService => ({
      ...service,
      async http(request) {
        const asked = lineOf(service.name, request)
        if (!isDead && diesAt(asked, false)) run.die()
        if (isDead) return nobody(request)
        const response = await service.http(request)
        if (!isDead && diesAt(asked, true)) run.die()
        return response
      },
    })
    const call: typeof callPr = async (args, options) => {
      const services = world.services.map(reached)
      const hosts = hostTable(new URL(address))
      const { lines, programs: withFaults, disk } = world.faults ?? noFaults
      const mayRun = (file: string) => programs.includes(file)
      await using network = await installNetwork({ services, hosts, lines, mayRun })
      using _ffmpeg = simulateFfmpeg(withFaults)
      using _disk = disk()
      const result = await callPr(args, options)
      expect(network.problems()).toEqual([])
      return result
    }
    const onDeath = () => {
      isDead = true
    }
    const options = { cwd, env: { ...environment, GOOGLE_APPLICATION_CREDENTIALS: credentials(), ...env }, onSaid }
    const run = startPr(argsOf(flags, { isAgreed, isBare }), options, {
      call,
      onDeath,
      presses: 2,
    })
    return run
  }
  return {
    cwd,
    outputDir,
    start,
    files: () => filesIn(outputDir),
    journal: (name) => journals(outputDir)[name]!,
    async live(world, flags = [], env = {}, more = {}) {
      const result = await start(world, [...flags, '--json'], { env, ...more }).ended
      return { ...result, summary: result.stdout === '' ? null : JSON.parse(result.stdout) }
    },
    rehearse: (flags = []) => rehearse([...small, ...flags], { cwd }),
  }
}

/** A command of another name than `run` stands first, and has no size. */
function argsOf(flags: readonly string[], { isAgreed, isBare }: { isAgreed: boolean; isBare: boolean }): string[] {
  const command = flags.slice(0, flags[0] && !flags[0].startsWith('-') ? 1 : 0)
  const agreed = isAgreed ? ['--yes'] : []
  return [...command, ...agreed, ...(isBare || command.length > 0 ? [] : small), ...flags.slice(command.length)]
}

/** Whom the requests of a dead machine reach: what asked is to end soon, not to try again. */
const nobody: Simulator = async ({ method, url }) => {
  if (!url.startsWith(address)) return new Response('', { status: 403 })
  return method === 'GET' ? Response.json({ queue_running: [], queue_pending: [] }) : new Response('')
}

let account: { readonly file: string; readonly key: string } | undefined
/** The file of a service account. A key takes long to make. */
function credentials(): string {
  account ??= makeAccount()
  // An error that a signature of an earlier run has left with OpenSSL is taken for its own by the next key that is read.
  try {
    createPrivateKey(account.key)
  } catch {}
  return account.file
}

function makeAccount(): { file: string; key: string } {
  const facts = serviceAccount()
  const folder = temporaryFolder({ 'account.json': JSON.stringify(facts) })
  return { file: join(folder, 'account.json'), key: facts['private_key']! }
}
