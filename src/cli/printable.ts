import { stripVTControlCharacters } from 'node:util'

/**
 * Text that steers no terminal, whoever wrote it: without escape sequences, control characters (a carriage return would write over the
 * line) and marks that turn the direction of writing. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]|\p{Bidi_Control}/gu, '')
}

/** The same, but for the colours that the program itself paints with. */
export function paintable(text: string): string {
  return text
    .split(PAINT)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('')
}

// Red, green, yellow, cyan, bold, dim, and their ends.
const PAINT = new RegExp(`(${String.fromCharCode(27)}\\[(?:3[1236]|39|[12]|22)m)`)
