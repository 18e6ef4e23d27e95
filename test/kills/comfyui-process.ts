import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServiceServer } from '../../src/network/wire/server.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { Clock, SocketEnd } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import type { Json } from '../support/rehearse.ts'
import type { ComfyuiOptions } from './comfyui-server.ts'
import { keptFiles } from './kept-files.ts'

/**
 * A simulated ComfyUI in a process of its own, which ends by SIGKILL right before its act number `killAt`. An act is a request that comes
 * or is answered, a frame that is sent to a socket, and work that a node begins; they are counted from the first prompt on.
 */
const { folder, port, killAt, prompts }: ComfyuiOptions & { port: number } = JSON.parse(process.argv[2]!)

let acts = 0
let hasBegun = false
function act(): void {
  if (!hasBegun) return
  acts += 1
  if (acts === killAt) process.kill(process.pid, 'SIGKILL')
}

const own = virtualClock(Date.now(), 0)
const clock: Clock = {
  now: own.now,
  async sleep(ms, signal) {
    act()
    await own.sleep(ms, signal)
  },
}
const { comfyui } = await simulatedServices('wan22-two-chunks', {
  clock,
  newId: randomUUID,
  comfyui: (make) => make({ files: keptFiles(folder, clock) }),
})

async function http(request: Request): Promise<Response> {
  const isPrompt = request.method === 'POST' && new URL(request.url).pathname === '/prompt'
  hasBegun ||= isPrompt
  act()
  const sent: Json = isPrompt ? await request.clone().json() : null
  const response = await comfyui.http(request)
  if (sent !== null && response.ok) {
    const { run, workflow_id: workflow } = sent.extra_data.prompt_runner
    appendFileSync(prompts, `${JSON.stringify({ run, workflow })}\n`)
  }
  act()
  return response
}

function upgrade(request: Request) {
  const decision = comfyui.upgrade!(request)
  if (typeof decision !== 'function') return decision
  return (end: SocketEnd) =>
    decision({
      ...end,
      send(data) {
        act()
        end.send(data)
      },
    })
}

const server = createServiceServer({ serviceAt: () => ({ http, upgrade }), onUnknown: () => {} })
server.http.listen(port, '127.0.0.1')
await once(server.http, 'listening')
process.on('disconnect', () => process.exit())
process.on('message', () => process.send!({ acts }))
process.send!({ port: (server.http.address() as AddressInfo).port })
