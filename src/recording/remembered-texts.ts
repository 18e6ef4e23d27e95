/**
 * What texts come to by a rule that goes by nothing but them: servers say most of it again and again, and several recordings and rehearsals
 * of one process do, too. So many letters are remembered at most, and never the long body that a text was a piece of.
 */
export function remembered(rule: (text: string) => string): (text: string) => string {
  const known = new Map<string, string | null>()
  let letters = 0
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before ?? text
    const left = rule(text)
    if (text.length > LONGEST) return left
    letters += text.length + PLACE
    if (letters > MOST) {
      known.clear()
      letters = text.length + PLACE
    }
    known.set(copied(text), left === text ? null : left)
    return left
  }
}

const LONGEST = 64 * 1024
const MOST = 4 * 1024 * 1024
/** That a short text takes, too. */
const PLACE = 64

/** A piece of a text holds all of it in memory. */
function copied(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le')
}
