/** Columns that a text takes on a terminal; it has no control characters. */
export function widthOf(text: string): number {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** A text cut to so many columns, with an ellipsis where it was cut. */
export function cutTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let [cut, width] = ['', 0]
  for (const character of text) {
    width += columnsOf(character)
    if (width > columns - 1) break
    cut += character
  }
  return columns < 1 ? '' : `${cut}…`
}

function columnsOf(character: string): number {
  if (NONE.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

const NONE = /^[\p{M}\p{Cf}]$/u
// East Asian letters, and what terminals show as a picture.
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f000}-\u{1faff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u
