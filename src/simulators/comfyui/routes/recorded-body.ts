import { inlineJson, isJson, prettyJson } from '../../../recording/exact-json.ts'

/**
 * The body of a recorded answer as the server sends it. Recordings keep JSON indented, which the server never does; each token of
 * it stays what it is. Everything else is given as it was recorded, whatever it is called.
 */
export function recordedBody(contentType: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (/^application\/json/i.test(contentType)) {
    const text = Buffer.from(bytes).toString()
    if (isJson(text) && prettyJson(text) === text) return Uint8Array.from(Buffer.from(inlineJson(text)))
  }
  return Uint8Array.from(bytes)
}
