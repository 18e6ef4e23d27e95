import { placeholder } from './redact-text.ts'
import { base64Spellings, plainSpellings } from './secret-spellings.ts'

/** Takes values out of a text, wherever they stand and however they are spelled. Those of a few letters would be found everywhere. */
export function knownSecrets(known: Readonly<Record<string, string | null | undefined>>): (text: string) => string {
  const names = new Map<string, string>()
  for (const [name, value] of Object.entries(known)) {
    if (value && value.length >= SHORTEST) {
      for (const text of [...plainSpellings(value), ...base64Spellings(value)])
        if (!names.has(text)) names.set(text, name)
    }
  }
  // Longest first: a part of a secret that was taken out would leave the rest of it.
  const spellings = [...names.keys()].toSorted((a, b) => b.length - a.length)
  const patterns = Array.from(
    { length: Math.ceil(spellings.length / AT_ONCE) },
    (_, index) =>
      new RegExp(
        spellings
          .slice(index * AT_ONCE, (index + 1) * AT_ONCE)
          .map(escaped)
          .join('|'),
        'g',
      ),
  )
  const hidden = (seen: string) => placeholder(names.get(seen)!)
  const isFew = spellings.length <= FEW
  return (text) => {
    if (isFew && !spellings.some((spelling) => text.includes(spelling))) return text
    return patterns.reduce((left, pattern) => left.replaceAll(pattern, hidden), text)
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

const SHORTEST = 6
/** One look for many spellings costs little more than one for one. */
const AT_ONCE = 64
/** Of so few each is found faster by itself. */
const FEW = 12
