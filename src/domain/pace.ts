/**
 * How whoever waits does it. A live run waits for real; in a rehearsal of faults the run's own clock goes on instead, so that
 * minutes cost milliseconds.
 */
export interface Pace {
  /** Lets time go by while nothing else happens. Throws the signal's reason. */
  pause(ms: number, signal?: AbortSignal): Promise<void>
  /** Waits that long for something that may happen meanwhile, and then aborts the signal. */
  patience(ms: number, signal?: AbortSignal): Promise<void>
  /** What a limit of time has to be for who keeps it without asking us: a library, the system. */
  limit(ms: number): number
}

/** Milliseconds after which an answer is not waited for any more. */
export const timeLimits = {
  /** A connection, and the handshake of a socket. */
  connection: 10_000,
  /** The head of an answer, and each piece of its body. */
  answer: 60_000,
  /** A request to Google Cloud Storage, whose library has no limit at all. Enough for 8 MiB at 0.6 Mbit/s. */
  storage: 120_000,
} as const

/** Share of real time that recorded time takes: 1 as recorded, a twentieth for a speed of 20, 0 for `max`. */
export const shareOfTime = (speed: number | 'max'): number => (speed === 'max' ? 0 : 1 / speed)
