import { createHash } from 'node:crypto'

/** What a plan is made from, in the order in which it is told. */
export const planParts = ['prompt', 'input', 'setting', 'model', 'template', 'server'] as const

/** One thing that decides what a plan makes. Two of them are the same thing when `part`, `film` and `name` are. */
export interface PlanFact {
  readonly part: (typeof planParts)[number]
  /** null: it is of all films. */
  readonly film: string | null
  readonly name: string
  /** For people. */
  readonly value: string
  /** Two values of the same digest make the same film, also where they are called otherwise. */
  readonly digest: string
}

/** A fact whose value is all that there is to it, unless `content` decides instead. */
export function planFact(
  { part, film, name }: Pick<PlanFact, 'part' | 'film' | 'name'>,
  value: string | number,
  content: string = String(value),
): PlanFact {
  return { part, film, name, value: String(value), digest: sha256(content) }
}

/** SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
