import { type RecordingProxy, recordingProxy } from '../../src/record/recording-proxy.ts'
import type { RunOutput } from '../../src/run/run-host.ts'

/** `pr serve --record-to` in this process. */
export interface ProxyHere {
  readonly address: URL
  /** Ends it as Ctrl-C does; gives the exit code. */
  stop(): Promise<number>
}

/** Starts it on a free port. Nothing that it says is kept but its address. */
export async function proxyHere(options: Omit<RecordingProxy, 'port'>): Promise<ProxyHere> {
  const { promise, resolve, reject } = Promise.withResolvers<{ address: string }>()
  const silent = () => {}
  const output: RunOutput = {
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
    print: silent,
    result: (facts) => resolve(facts as { address: string }),
    redact: silent,
    attachLog: silent,
    openLiveBlock: () => null,
  }
  const controller = new AbortController()
  const ended = recordingProxy({ ...options, port: 0 }, { output, signal: controller.signal, endInOrder: silent })
  ended.catch(reject)
  return {
    address: new URL((await promise).address),
    stop() {
      controller.abort()
      return ended
    },
  }
}
