import type { NodeBehaviour } from '../../../src/index.ts'
import { comfyuiKnowledge } from '../../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../../src/recording/load-recording.ts'
import { type ComfyuiSimulator, comfyuiSimulator } from '../../../src/simulators/comfyui/simulator.ts'
import type { SimulatedService, SocketEnd } from '../../../src/simulators/simulator.ts'
import { virtualClock } from '../../../src/simulators/virtual-clock.ts'
import type { ReachedServer, ReachedSocket } from '../../contracts/comfyui.ts'

const recording = await loadRecording('wan22-two-chunks')
export const knowledge = comfyuiKnowledge(recording.entries)
export const ORIGIN = 'http://127.0.0.1:8188'

/** A fresh server as the shipped recording knows it, and its clock. */
export function freshSimulator(behaviours: readonly NodeBehaviour[] = []): ComfyuiSimulator {
  let made = 0
  const newId = () => {
    made += 1
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
  }
  return comfyuiSimulator({ knowledge, clock: virtualClock(Date.UTC(2026, 10, 23), 0), newId, behaviours })
}

/** The simulator itself, without any network. */
export function directly(simulator: ComfyuiSimulator = freshSimulator()): ReachedServer {
  return {
    origin: ORIGIN,
    send: (request) => simulator.http(request),
    socket: async (clientId) => openSocket(simulator, `/ws?clientId=${encodeURIComponent(clientId)}`),
    close: async () => {},
  }
}

/** An accepted socket; throws when the service refuses it. */
export function openSocket(
  service: SimulatedService,
  path: string,
  headers: Record<string, string> = {},
): ReachedSocket {
  const accept = service.upgrade?.(new Request(ORIGIN + path, { headers }))
  if (typeof accept !== 'function') throw new Error(`no socket at ${path}: ${accept?.status}`)
  const frames: (string | Uint8Array)[] = []
  let listeners: { message?: (data: string) => void; close?: () => void } = {}
  const end: SocketEnd = {
    send: (data) => frames.push(data),
    close: () => {},
    onMessage: (message) => {
      listeners = { ...listeners, message }
    },
    onClose: (closed) => {
      listeners = { ...listeners, close: () => closed(1000, '') }
    },
  }
  accept(end)
  return { frames, send: (text) => listeners.message?.(text), close: () => listeners.close?.() }
}
