import { PromptRunnerError } from '../errors.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { loadRecording, type Recording } from '../recording/load-recording.ts'
import type { NodeBehaviour } from './comfyui/behaviours/node-behaviour.ts'
import { lendModels } from './comfyui/lend-models.ts'
import { type ComfyuiOptions, type ComfyuiSimulator, comfyuiSimulator } from './comfyui/simulator.ts'
import { gcsSeed, gcsSimulator } from './gcs/gcs-simulator.ts'
import { googleAuthSimulator } from './google-auth-simulator.ts'
import { metadataSimulator } from './metadata-simulator.ts'
import { runpodSeed } from './runpod/pod-model.ts'
import { runpodSimulator } from './runpod/runpod-simulator.ts'
import { type Clock, type SimulatedService, UNMATCHED_HEADER } from './simulator.ts'

/** The world that a dry run meets, and what it was made from. */
export interface SimulatedServices {
  readonly comfyui: ComfyuiSimulator
  readonly all: readonly SimulatedService[]
  readonly recording: Recording
  readonly knowledge: ComfyuiKnowledge
}

/** Makes ComfyUI, and makes it anew when it is to have died. */
export type MakeComfyui = (
  parts?: Pick<ComfyuiOptions, 'files' | 'outbox'> & {
    /** Puts something around the time of the server. */
    clock?: (clock: Clock) => Clock
  },
) => ComfyuiSimulator

/**
 * Every service, seeded from recordings: ComfyUI from the one that is named, GCS and RunPod from it too when it has them, else
 * from the shipped ones. `newId` gives ids that a server would draw at random; with `keepBytes` what is uploaded to GCS can be
 * downloaded again; `comfyui` may put something around the server; `behaviours` teach it node classes by code; with
 * `answersFirst` no event of a prompt overtakes the answer that tells its id. Throws PR_RECORDING.
 */
export async function simulatedServices(
  name: string,
  options: {
    clock: Clock
    newId: () => string
    keepBytes?: boolean
    comfyui?: ((make: MakeComfyui) => ComfyuiSimulator) | undefined
    behaviours?: readonly NodeBehaviour[] | undefined
    answersFirst?: boolean | undefined
    /** Files that ComfyUI has besides those that were recorded: `checkpoints/x.safetensors`. */
    models?: readonly string[] | undefined
    /** Those that exist; without it every one does. */
    buckets?: readonly string[] | undefined
    pods?: readonly string[] | undefined
  },
): Promise<SimulatedServices> {
  const recording = await loadRecording(name)
  const knowledge = lendModels(comfyuiKnowledge(recording.entries), options.models ?? [])
  const seed = async <T>(service: string, read: (log: Recording['hars'][number]['log']) => T | null): Promise<T> => {
    for (const { hars } of [recording, await loadRecording(service)]) {
      for (const { log } of hars) {
        const found = read(log)
        if (found !== null) return found
      }
    }
    throw new PromptRunnerError('PR_RECORDING', `the recording ${service} holds nothing to answer ${service} from`, {
      hint: 'it ships with this program: install it again',
    })
  }
  const { clock, newId, behaviours, answersFirst } = options
  const make: MakeComfyui = ({ clock: around = (own: Clock) => own, ...parts } = {}) =>
    comfyuiSimulator({ knowledge, newId, behaviours, answersFirst, ...parts, clock: around(clock) })
  const comfyui = (options.comfyui ?? ((make) => make()))(make)
  const gcs = gcsSimulator({ ...options, seed: await seed('gcs', gcsSeed) })
  const runpod = runpodSimulator({ ...options, seed: await seed('runpod', runpodSeed) })
  return { comfyui, all: [comfyui, gcs, googleAuthSimulator(), metadataSimulator(), runpod], recording, knowledge }
}

/** A service as a proxy shows it below a path (`/comfy/`); what is asked for beside that path has no answer. */
export function atBasePath(service: SimulatedService, path: string): SimulatedService {
  const base = path.replace(/\/+$/, '')
  if (base === '') return service
  const inside = (request: Request): Request | null => {
    const url = new URL(request.url)
    if (!url.pathname.startsWith(`${base}/`)) return null
    url.pathname = url.pathname.slice(base.length)
    const { method, headers, body, signal } = request
    return new Request(url, { method, headers, body, signal, ...(body === null ? {} : { duplex: 'half' }) })
  }
  const beside = () => new Response(null, { status: 501, headers: { [UNMATCHED_HEADER]: `${base}/` } })
  return {
    name: service.name,
    async http(request) {
      const asked = inside(request)
      return asked ? service.http(asked) : beside()
    },
    upgrade(request) {
      const asked = inside(request)
      return asked ? (service.upgrade?.(asked) ?? null) : beside()
    },
  }
}
