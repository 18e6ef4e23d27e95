import type { Recording } from './load-recording.ts'

/** Says how many entries of a recording cannot be used, and of each why, to whoever wants to know. */
export function tellLeftOut(
  { name, entries, leftOut }: Pick<Recording, 'name' | 'entries' | 'leftOut'>,
  output: { info(text: string): void; debug(text: string): void },
): void {
  if (leftOut.length === 0) return
  const all = entries.length + leftOut.length
  output.info(
    `${name}: ${leftOut.length} of ${all} entries cannot be used and are left out (--log-level DEBUG says why).`,
  )
  for (const why of leftOut) output.debug(why)
}
