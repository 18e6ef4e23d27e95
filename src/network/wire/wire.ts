import type { StartEngine } from '../engine.ts'
import { interceptConnections } from './intercept-connections.ts'
import { createServiceServer } from './server.ts'

/** The services behind an HTTP server in this process, to which every connection leads. */
export const wireEngine: StartEngine = async ({ serviceAt, refuse, own }) => {
  const server = createServiceServer({ serviceAt, onUnknown: (authority) => refuse('host', authority) })
  const interception = interceptConnections({
    isKnown: (authority) => serviceAt(authority) !== null,
    isDown: (authority) => serviceAt(authority)?.line?.refuses() ?? false,
    own,
    refuse,
    accept: (end) => server.http.emit('connection', end),
  })
  return {
    async [Symbol.asyncDispose]() {
      interception[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
