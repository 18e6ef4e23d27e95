import type { WebSocketConstructor } from '../../src/clients/comfyui/socket.ts'
import type { PromptRunnerError } from '../../src/errors.ts'
import { installNetwork, type NetworkOptions } from '../../src/network/install.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { serveNetwork } from '../../src/network/wire/serve.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { SimulatedService } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'

/** A fresh simulated world, reached over one of the networks there are. */
export interface Skin extends AsyncDisposable {
  /** Where requests go. */
  readonly origins: Readonly<Record<'comfyui' | 'gcs' | 'runpod', string>>
  /** `GET /queue`, … of ComfyUI so far, without the socket's. */
  readonly requests: readonly string[]
  /** Absent: `ws` works. */
  readonly webSocket?: WebSocketConstructor
  problems(): PromptRunnerError[]
}

/** In this process, under an engine: `wireEngine` when none is given. */
export async function installed(engine?: NonNullable<NetworkOptions['engine']>): Promise<Skin> {
  const { services, requests } = await freshWorld()
  const comfyui = 'http://127.0.0.1:8188'
  const network = await installNetwork({ services, hosts: hostTable(new URL(comfyui)), ...(engine ? { engine } : {}) })
  return {
    ...network,
    requests,
    origins: { comfyui, gcs: 'https://storage.googleapis.com', runpod: 'https://api.runpod.io' },
  }
}

/** On real ports of loopback. */
export async function served(): Promise<Skin> {
  const { services, requests } = await freshWorld()
  const network = await serveNetwork({ services, port: 0 })
  const { comfyui, gcs, runpod } = network.addresses
  return {
    ...network,
    requests,
    origins: { comfyui: comfyui!.origin, gcs: gcs!.origin, runpod: runpod!.origin },
  }
}

async function freshWorld() {
  let made = 0
  const newId = () => {
    made += 1
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
  }
  const clock = virtualClock(Date.UTC(2026, 10, 23, 12), 0)
  const { all } = await simulatedServices('wan22-two-chunks', { clock, newId, keepBytes: true })
  const requests: string[] = []
  const watched = (service: SimulatedService): SimulatedService => ({
    ...service,
    http(request) {
      const { pathname, search } = new URL(request.url)
      requests.push(`${request.method} ${pathname}${search}`)
      return service.http(request)
    },
  })
  return { requests, services: all.map((service) => (service.name === 'comfyui' ? watched(service) : service)) }
}
