import { PROVENANCE_HEADER } from '../../simulator.ts'

/** An answer that is right in its form only, for nothing is known of what it tells. */
export function madeUp(answer: Response): Response {
  answer.headers.set(PROVENANCE_HEADER, 'synthetic')
  return answer
}
