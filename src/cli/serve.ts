import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { number } from '../config/parse-value.ts'
import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { type ServedNetwork, serveNetwork } from '../network/wire/serve.ts'
import { tellLeftOut } from '../recording/left-out.ts'
import { faultsOf } from '../run/faults-of.ts'
import { allowedProbes } from '../simulators/allowed-probes.ts'
import { frontEndIn } from '../simulators/comfyui/routes/front-end.ts'
import { unknownVersion } from '../simulators/comfyui/rules.ts'
import { type SimulatedServices, simulatedServices } from '../simulators/simulated-services.ts'
import type { SimulatedService } from '../simulators/simulator.ts'
import { realClock, virtualClock } from '../simulators/virtual-clock.ts'
import { failureText } from './failure.ts'
import type { Output } from './output.ts'
import type { Stop } from './signals.ts'

interface ServeOptions extends Pick<Stop, 'signal' | 'endInOrder'> {
  /** Model files that ComfyUI has besides those that were recorded. */
  readonly models?: readonly string[]
  /** Paths that may stay unanswered; `*` stands for anything in them. */
  readonly allow?: readonly string[]
  /** Folder of a built front end. */
  readonly frontEndRoot?: string | undefined
  /** As it was given. */
  readonly port: string
  readonly settings: Settings
  readonly output: Output
}

/** Serves until `signal` is aborted. Returns the exit code: 0, or 3 when a request had no answer. Throws PR_USAGE. */
export async function serve({
  port,
  models = [],
  allow = [],
  frontEndRoot,
  settings,
  output,
  signal,
  endInOrder,
}: ServeOptions): Promise<number> {
  const { dryRun, behaviours } = settings
  const withFrontEnd = frontEndRoot === undefined ? same : frontEndIn(frontEndRoot)
  const clock = virtualClock(dryRun.startTime ?? Date.now(), dryRun.speed)
  // Other programs wait for real.
  const { comfyui, ...faults } = await faultsOf(settings, { clock: realClock, isVirtual: false })
  const options = { clock, newId: randomUUID, keepBytes: true, behaviours, answersFirst: true, models, comfyui }
  const world = await simulatedServices(dryRun.recording, options)
  tellLeftOut(world.recording, output)
  const unknown = unknownVersion(world.knowledge.version)
  if (unknown) output.warn(unknown)
  const shown = (service: SimulatedService) => (service === world.comfyui ? withFrontEnd(service) : service)
  endInOrder()
  await using network = await serveNetwork({
    services: world.all.map((service) => allowedProbes(faults.wrap(shown(service)), allow.map(patternOf))),
    lines: faults.lines,
    port: portOf(port, world.all.length),
    onAnswer: ({ service, method, url, status }) => output.debug(`${service} ${method} ${url} ${status}`),
  })
  const facts = factsOf(world, network)
  output.print(readyText(facts))
  output.result(facts)
  if (!signal.aborted) await once(signal, 'abort')

  output.info(stoppedText(network))
  const problems = [...network.problems(), ...faults.problems()]
  for (const problem of problems) output.error(failureText(problem, output))
  return Math.max(0, ...problems.map(({ exitCode }) => exitCode))
}

const same = (service: SimulatedService) => service

function patternOf(path: string): RegExp {
  const pieces = path.split('*').map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${pieces.join('.*')}$`)
}

/** The first of `services` ports. Throws PR_USAGE. */
export function portOf(raw: string, services: number): number {
  const parsed = number({ name: 'port', smallest: 0, largest: 65_536 - services, step: 1 })(raw, '')
  if ('value' in parsed) return parsed.value
  throw new PromptRunnerError('PR_USAGE', `--port ${parsed.wrong}, it cannot be ${JSON.stringify(raw)}`, {
    hint: `${services} ports are taken from there on; 0 takes free ones`,
  })
}

interface ServeFacts {
  readonly server: string
  readonly recording: { readonly name: string; readonly recorded: string; readonly device: string }
  /** By service. */
  readonly addresses: Readonly<Record<string, string>>
  /** Variables that other programs read their addresses from. */
  readonly environment: Readonly<Record<string, string>>
}

function factsOf({ recording, knowledge }: SimulatedServices, { addresses }: ServedNetwork): ServeFacts {
  const { comfyui, gcs, metadata } = addresses
  return {
    server: `ComfyUI ${knowledge.version}`,
    recording: { name: recording.name, recorded: recording.facts.recorded, device: knowledge.device },
    addresses: Object.fromEntries(Object.entries(addresses).map(([name, { origin }]) => [name, origin])),
    environment: {
      COMFYUI_URL: comfyui!.origin,
      // Read by Google's storage libraries: https://cloud.google.com/storage/docs/reference/libraries
      STORAGE_EMULATOR_HOST: gcs!.origin,
      // Read by Google's auth libraries, without a scheme.
      GCE_METADATA_HOST: metadata!.host,
    },
  }
}

function readyText({ server, recording, addresses, environment }: ServeFacts): string {
  return [
    `Answering as ${server} from recording ${recording.name} (${recording.recorded}, ${recording.device})`,
    ...Object.entries(addresses).map(([name, address]) => `  ${name.padEnd(11)} ${address}`),
    'For other programs:',
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    'Ctrl-C stops it.',
  ].join('\n')
}

function stoppedText({ requests }: ServedNetwork): string {
  const counts = Object.entries(requests).map(([name, count]) => `${count} ${name}`)
  const isOne = Object.values(requests).join() === '1'
  return `Stopped after ${counts.length === 0 ? 'no' : counts.join(', ')} request${isOne ? '' : 's'}.`
}
