import { createHash } from 'node:crypto'
import type { ByteSource } from '../../media/byte-source.ts'

/** Hex digest of a whole source, read in parts. */
export function sha256(source: ByteSource): string {
  const hash = createHash('sha256')
  for (const chunk of source.read()) hash.update(chunk)
  return hash.digest('hex')
}
