/** When something is tried again. */
export interface RetryPolicy {
  /** Tries in a row, the first included. */
  readonly attempts: number
  /** Milliseconds before the second try. */
  readonly firstPause: number
  /** What every further pause is longer by. */
  readonly growth: 1 | 2
  /** Milliseconds that no pause is longer than. */
  readonly longestPause: number
}

/** Everything that is tried again without a person's doing. */
export const retries = {
  /** A GET or HEAD whose connection broke, or that a proxy answered for its server. */
  request: { attempts: 3, firstPause: 250, growth: 2, longestPause: 500 },
  /** Opening a socket that broke, as long as a run lasts. */
  socket: { attempts: Number.POSITIVE_INFINITY, firstPause: 250, growth: 2, longestPause: 10_000 },
  /** Looking for the outcome of a prompt. An outcome that was announced is there within milliseconds. */
  outcome: { attempts: Number.POSITIVE_INFINITY, firstPause: 5, growth: 2, longestPause: 5_000 },
  /** Looking at a prompt of a server that does not answer: about half a minute. */
  silence: { attempts: 6, firstPause: 5_000, growth: 1, longestPause: 5_000 },
  /** A request to Google Cloud Storage that is no part of an upload, by Google's library. */
  storage: { attempts: 4, firstPause: 1_000, growth: 2, longestPause: 64_000 },
  /** Going on with an upload after which no further byte has arrived: about two minutes. */
  upload: { attempts: 8, firstPause: 1_000, growth: 2, longestPause: 64_000 },
  /** Doing again what was answered by nothing that could be used. */
  again: { attempts: Number.POSITIVE_INFINITY, firstPause: 250, growth: 2, longestPause: 16_000 },
  /** Looking whether a server that was away is back. */
  server: { attempts: Number.POSITIVE_INFINITY, firstPause: 250, growth: 2, longestPause: 16_000 },
  /** Asking RunPod about a pod, or to stop it: one that goes on costs money until somebody looks. */
  pod: { attempts: 6, firstPause: 1_000, growth: 2, longestPause: 16_000 },
  /** Cancelling a prompt. */
  cancel: { attempts: 3, firstPause: 500, growth: 1, longestPause: 500 },
  /** Looking whether a prompt that was cancelled has ended; what samples does so after its step. */
  obedience: { attempts: 6, firstPause: 250, growth: 2, longestPause: 4_000 },
} as const satisfies Record<string, RetryPolicy>

/** Milliseconds that a client waits because it is asked to. Who waits longer does it as a whole, as long as there is patience, and says so. */
export const LONGEST_ASKED = 10_000

/** How a run tries again, and how many milliseconds it waits for what. */
export interface RunRetries {
  readonly server: RetryPolicy
  /** For a server that is away. The next attempt then says itself what is wrong. */
  readonly patience: number
  readonly cancel: RetryPolicy
  readonly obedience: RetryPolicy
  /** For the answer to a prompt that is being sent when the run is cancelled. */
  readonly grace: number
}

/** How every run does, unless its user says how long a server may be away; a test need not wait that long. */
export const runRetries: RunRetries = {
  server: retries.server,
  patience: 120_000,
  cancel: retries.cancel,
  obedience: retries.obedience,
  grace: 10_000,
}

/** Milliseconds to wait after the `failed`-th try in a row, or null when it was the last one. */
export function pauseAfter({ attempts, firstPause, growth, longestPause }: RetryPolicy, failed: number): number | null {
  return failed < attempts ? Math.min(firstPause * growth ** (failed - 1), longestPause) : null
}
