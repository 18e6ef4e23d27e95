import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { PromptRunnerError } from '../../errors.ts'
import type { ServiceName } from '../../simulators/simulator.ts'

/** Never another: what is simulated is no server for strangers, and neither is a server's recorder. */
const LOOPBACK = '127.0.0.1'

/** Puts a server on a port of loopback; 0: a free one. Throws PR_USAGE when the port cannot be had. */
export async function listen(server: Server, name: ServiceName, port: number): Promise<URL> {
  server.listen(port, LOOPBACK)
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reasons: Record<string, string> = {
      EADDRINUSE: 'another program listens there',
      EACCES: 'the system keeps this port to itself',
    }
    throw new PromptRunnerError(
      'PR_USAGE',
      `serving ${name} on ${LOOPBACK}:${port} failed: ${reasons[code ?? ''] ?? message}`,
      { hint: 'choose another port with --port N, or let the system choose free ones with --port 0', cause },
    )
  }
  return new URL(`http://${LOOPBACK}:${(server.address() as AddressInfo).port}`)
}
