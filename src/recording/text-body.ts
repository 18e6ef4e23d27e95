/** Whether a media type is one of text. */
export function isText(mimeType: string): boolean {
  return /^text\/|json|xml|x-www-form-urlencoded|javascript/i.test(mimeType.split(';')[0] ?? '')
}

/**
 * Whether a body that begins so may be text, whatever it is called. What is called media is taken for it, unless it begins as JSON:
 * of other types many are wrong.
 */
export function mayBeText(mimeType: string, start: Uint8Array): boolean {
  if (!looksLikeText(start)) return false
  const isMedia = /^(?:image|video|audio|font|model)\/(?!svg)/i.test(mimeType.trim())
  return !isMedia || /^\ufeff?\s*(?:\{\s*["}]|\[\s*[{["\]])/.test(Buffer.from(start.subarray(0, 64)).toString())
}

/** Whether bytes begin as UTF-8 text does: a piece of a body is enough, its last character may be cut. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 1024)
  return !/[\0-\x08\x0e-\x1f\ufffd]/.test(new TextDecoder().decode(start, { stream: true }))
}
