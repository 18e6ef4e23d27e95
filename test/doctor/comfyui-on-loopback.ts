import { onTestFinished } from 'vitest'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { comfyuiSimulator } from '../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { listening } from '../simulators/listening.ts'

export interface ServerChanges {
  readonly version?: string
  readonly ramTotal?: number
  readonly objectInfo?: (text: string) => string
}

/** The address of a ComfyUI like the shipped recording's, with 64 GB, and changed where told; it goes when the test ends. */
export async function comfyuiOnLoopback({ version = '0.3.64', ramTotal = 64e9, objectInfo }: ServerChanges = {}) {
  const { entries } = await loadRecording('wan22-two-chunks')
  const changed = entries.map((entry) => {
    if (!objectInfo || entry.url.pathname !== '/object_info') return entry
    return { ...entry, responseBody: () => Buffer.from(objectInfo(Buffer.from(entry.responseBody()).toString())) }
  })
  const knowledge = comfyuiKnowledge(changed)
  const simulator = comfyuiSimulator({ knowledge, clock: virtualClock(0, 0), newId: () => 'id' })
  const server = await listening(async (request) => {
    if (new URL(request.url).pathname !== '/system_stats') return simulator.http(request)
    const stats = (await (await simulator.http(request)).json()) as { system: object }
    return Response.json({ ...stats, system: { ...stats.system, comfyui_version: version, ram_total: ramTotal } })
  })
  onTestFinished(() => server.close())
  return server.origin
}
