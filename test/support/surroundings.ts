import { ChildProcess } from 'node:child_process'
import dns from 'node:dns'
import { Socket } from 'node:net'

/** What somebody could leave changed in the process that tests share: working directory, variables, listeners, replaced functions. */
export interface Surroundings {
  /** What of them is no longer as it was, in words. */
  changes(): string[]
}

/** Remembers how they are. */
export function surroundings(): Surroundings {
  const [texts, listeners, functions] = [textsNow(), listenersNow(), functionsNow()]
  return {
    changes() {
      return [
        ...textsNow().filter((each) => !texts.includes(each)),
        ...[...listenersNow()]
          .filter(([name, count]) => count > (listeners.get(name) ?? 0))
          .map(([name]) => `a listener to ${name}`),
        ...functions
          .filter(({ object, name, value }) => Object.getOwnPropertyDescriptor(object, name)?.value !== value)
          .map(({ place, name }) => `another ${place}.${name}`),
      ]
    },
  }
}

function textsNow(): string[] {
  return [
    `in ${process.cwd()}`,
    `exit code ${process.exitCode}`,
    ...Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
  ]
}

function listenersNow(): Map<string, number> {
  return new Map(process.eventNames().map((name) => [String(name), process.listenerCount(name)]))
}

/** All that a simulated network takes the place of, while it is there. */
function functionsNow(): Array<{ place: string; object: object; name: string; value: unknown }> {
  const places = {
    globalThis,
    dns,
    'dns.promises': dns.promises,
    Socket: Socket.prototype,
    ChildProcess: ChildProcess.prototype,
  }
  return Object.entries(places).flatMap(([place, object]) =>
    Object.entries(Object.getOwnPropertyDescriptors(object))
      // What is loaded when it is first asked for has no value yet.
      .filter(([, { value }]) => typeof value === 'function')
      .map(([name, { value }]) => ({ place, object, name, value })),
  )
}
