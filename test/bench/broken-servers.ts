import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { Simulator } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { type Listening, listening } from '../simulators/listening.ts'

/**
 * Google's storage that does not answer for every second chunk as it should: of those, one is not taken, and of the next the answer is
 * lost.
 */
export async function faultyStorage(): Promise<Listening & { faults(): number }> {
  const { gcs } = await services()
  let chunks = 0
  const busy = () => new Response('busy', { status: 503 })
  const server = await listening(async (request) => {
    if (!/^bytes \d/.test(request.headers.get('content-range') ?? '')) return gcs(request)
    chunks += 1
    if (chunks % 2 === 0) return gcs(request)
    if (chunks % 4 === 1) await request.body?.pipeTo(new WritableStream())
    else await gcs(request)
    return busy()
  })
  return { ...server, faults: () => Math.ceil(chunks / 2) }
}

/** A ComfyUI whose answer has no end where the path matches. */
export async function endlessServer(path: RegExp): Promise<Listening> {
  const { comfyui } = await services()
  const piece = new Uint8Array(64 * 1024).fill(0x20)
  return listening(async (request) => {
    if (request.method === 'HEAD' || !path.test(new URL(request.url).pathname)) return comfyui(request)
    return new Response(new ReadableStream({ pull: (body) => body.enqueue(piece) }))
  })
}

async function services(): Promise<Record<'gcs' | 'comfyui', Simulator>> {
  let ids = 0
  const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`
  const { all } = await simulatedServices('wan22-two-chunks', { clock: virtualClock(Date.now(), 0), newId })
  const of = (name: string) => all.find((service) => service.name === name)!.http
  return { gcs: of('gcs'), comfyui: of('comfyui') }
}
