/** A text as HTML has it, in an element or in a quoted attribute. What would change how a page reads is shown as an escape. */
export function escapeHtml(text: unknown): string {
  return visible(String(text)).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

/** A value as JSON that may stand in a `<script>` of a page: nothing in it ends the element or opens a comment. */
export function embeddedJson(value: unknown): string {
  const json = JSON.stringify(value, (_, inner) => (typeof inner === 'string' ? visible(inner) : inner))
  return json.replace(/[<>&\u2028\u2029]/g, code)
}

/** Marks that turn the direction of a text around, and control characters other than line ends and tabs. */
const UNSEEN = /\p{Bidi_Control}|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/gu

function visible(text: string): string {
  return text.replace(UNSEEN, code)
}

function code(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
}
