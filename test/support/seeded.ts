import { createHash } from 'node:crypto'
import * as fc from 'fast-check'

/**
 * What every random choice of the tests follows from: PR_SEED, else another number each time. A property that fails tells it
 * (`seed: …`), and `PR_SEED=… npm test -- FILE` makes the same choices again. Other tests put it into their messages.
 */
export const seed = Number(process.env['PR_SEED'] || Math.floor(Math.random() * 2 ** 31))
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })

export { fc }

/** A number from 0 up to 1, the same for the same seed and place. */
export function chosen(place: string): number {
  return createHash('sha256').update(`${seed} ${place}`).digest().readUInt32BE() / 2 ** 32
}

/** Bytes that no compression makes shorter, the same for the same seed and place. */
export function chosenBytes(length: number, place: string): Buffer {
  return createHash('shake256', { outputLength: length }).update(`${seed} ${place}`).digest()
}
