import type { Clock } from '../simulator.ts'
import { noSuchSession, sessionGone } from './gcs-failure.ts'
import { type SessionStart, UploadSession } from './upload-session.ts'

const WEEK = 7 * 24 * 3600 * 1000

/** The upload sessions of a service. One lives for a week; after that, and when it never existed, it is a 404. */
export class UploadSessions {
  readonly #clock: Clock
  readonly #newId: () => string
  readonly #sessions = new Map<string, UploadSession>()

  constructor(clock: Clock, newId: () => string) {
    this.#clock = clock
    this.#newId = newId
  }

  open(start: Omit<SessionStart, 'startedAt'>): string {
    const id = this.#newId()
    this.#sessions.set(id, new UploadSession({ ...start, startedAt: this.#clock.now() }))
    return id
  }

  find(id: string): UploadSession {
    const session = this.#sessions.get(id)
    if (session === undefined || this.#clock.now() - session.start.startedAt >= WEEK) throw noSuchSession()
    if (session.cancelled) throw sessionGone()
    return session
  }
}
