/**
 * What long bodies came to, by what they are bodies of: catalogues, queues and histories are asked for again and again. So many letters
 * are remembered at most.
 */
export class RememberedBodies<T> {
  readonly #byKind = new Map<string, Map<string, T>>()
  #letters = 0

  get(kind: string, body: string): T | undefined {
    return this.#byKind.get(kind)?.get(body)
  }

  set(kind: string, body: string, value: T): void {
    if (body.length > MOST) return
    this.#letters += body.length
    if (this.#letters > MOST) {
      this.#byKind.clear()
      this.#letters = body.length
    }
    const ofKind = this.#byKind.get(kind) ?? new Map<string, T>()
    this.#byKind.set(kind, ofKind.set(body, value))
  }
}

const MOST = 8 * 1024 * 1024
