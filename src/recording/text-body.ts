/** Whether a media type is one of text. */
export function isText(mimeType: string): boolean {
  return /^text\/|json|xml|x-www-form-urlencoded|javascript/i.test(mimeType.split(';')[0] ?? '')
}

/** Whether a media type says nothing, so that only the bytes can tell. */
export function isUnlabelled(mimeType: string): boolean {
  return /^(?:$|(?:application|binary)\/octet-stream$)/i.test((mimeType.split(';')[0] ?? '').trim())
}

/** Whether bytes begin as UTF-8 text does: a piece of a body is enough, its last character may be cut. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 1024)
  return !/[\0-\x08\x0e-\x1f\ufffd]/.test(new TextDecoder().decode(start, { stream: true }))
}
