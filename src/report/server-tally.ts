import type { RunEvent } from '../domain/run-event.ts'

/** What one of several servers did in a run. */
export interface ServerTally {
  /** Its address. */
  readonly url: string
  /** Films that came to their end there, in that order. */
  readonly films: readonly string[]
  readonly jobs: number
  /** Milliseconds in which it worked for the run. */
  readonly busyMs: number
}

/** Counts what servers did, from the events of a run that says which film is where. */
export function tallyServers(): { add(event: RunEvent): void; tally(): ServerTally[] } {
  const servers = new Map<string, { films: string[]; jobs: number; busyMs: number }>()
  const placed = new Map<string, string>()
  const serverOf = (video: string) => servers.get(placed.get(video) ?? '')
  return {
    add(event) {
      if (event.kind === 'video-placed') {
        placed.set(event.video, event.server)
        if (!servers.has(event.server)) servers.set(event.server, { films: [], jobs: 0, busyMs: 0 })
      }
      if (event.kind === 'video-finished') serverOf(event.video)?.films.push(event.video)
      if (event.kind !== 'job-finished') return
      const server = serverOf(event.video)
      if (!server) return
      server.jobs += 1
      server.busyMs += event.result.tookMs
    },
    tally: () => Array.from(servers, ([url, { films, ...rest }]) => ({ url, films: [...films], ...rest })),
  }
}
