import { type RunHost, unattended } from '../run/run-host.ts'

/** Nobody looks on, and whatever is asked is agreed to; `say` hears warnings and errors. */
export function silentHost(signal: AbortSignal, say: (text: string) => void = () => {}): RunHost {
  const nothing = () => {}
  return {
    ...unattended,
    signal,
    endInOrder: () => signal.throwIfAborted(),
    confirm: async () => {},
    output: {
      debug: nothing,
      info: nothing,
      warn: say,
      error: say,
      print: nothing,
      result: nothing,
      redact: nothing,
      attachLog: nothing,
      openLiveBlock: () => null,
    },
  }
}
