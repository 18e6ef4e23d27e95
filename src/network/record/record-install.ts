import type { ServiceName, SimulatedService } from '../../simulators/simulator.ts'
import { openRawCapture, type RawCaptureOptions } from '../capture/raw-capture.ts'
import type { HostTable } from '../safety/host-table.ts'
import { rememberRefusals } from '../safety/refusals.ts'
import { allOrNothing } from '../undo-list.ts'
import { wireEngine } from '../wire/wire.ts'
import { directAgents } from './record-direct.ts'
import { forwardingService } from './record-forward.ts'

/**
 * Puts a recorder between this process's clients and the real servers of the host table; all other hosts are refused. Clients keep
 * their addresses, tokens and certificates' names: the connections are claimed as in a dry run, and made anew behind it.
 */
export function installRecorder(
  options: RawCaptureOptions & {
    readonly hosts: HostTable
    /** PEM text of an own authority. */
    readonly ca: string | null
  },
): Promise<AsyncDisposable> {
  return allOrNothing(async (undo) => {
    const agents = undo.use(directAgents(options.ca))
    const capture = undo.use(openRawCapture(options))
    const services = new Map<ServiceName, SimulatedService>()
    const serviceAt = (authority: string) => {
      const name = options.hosts.serviceAt(authority)
      if (name === null) return null
      const service = services.get(name) ?? capture.wrap(forwardingService({ name, agents, upstream: null }))
      services.set(name, service)
      return service
    }
    const { refuse } = rememberRefusals()
    undo.use(await wireEngine({ serviceAt, comfyuiUrl: options.hosts.comfyuiUrl, refuse }))
    return undo
  })
}
