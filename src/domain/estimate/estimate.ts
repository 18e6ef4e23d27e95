import type { Basis } from './basis.ts'
import { type FilmWork, type Phases, phasesOf, totalOf } from './film-time.ts'
import type { Span } from './span.ts'

/** How long films will take, and why that is thought. */
export interface Estimate {
  readonly seconds: Span
  readonly phases: Phases
  readonly basis: Basis
}

/** How long films will take on what the basis tells of. */
export function estimateOf(work: FilmWork, basis: Basis): Estimate {
  const phases = phasesOf(work, basis)
  return { seconds: totalOf(phases), phases, basis }
}
