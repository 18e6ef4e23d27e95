import { hashedText, type Redactor } from './redact.ts'
import { looksLikeText } from './text-body.ts'

const TEXT = 3
const PREVIEW_WITH_METADATA = 4

/**
 * A binary socket frame without the secrets in its text: the metadata of a preview (type 4), the text of a node (type 3; both
 * ComfyUI, `server.py`), or a frame that is text as a whole. Lengths are packed anew; pictures stay byte for byte.
 */
export function redactFrame(data: Uint8Array, redactor: Redactor, path: string): Uint8Array {
  const frame = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (looksLikeText(frame)) return changed(frame, (text) => redactMessage(text, redactor, path))
  if (frame.length < 8) return data
  const kind = frame.readUInt32BE(0)
  const split = 8 + frame.readUInt32BE(4)
  if (split > frame.length || (kind !== TEXT && kind !== PREVIEW_WITH_METADATA)) return data
  const head = changed(frame.subarray(8, split), (text) => redactMessage(text, redactor, path))
  const rest = frame.subarray(split)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([frame.subarray(0, 4), length, head, kind === TEXT ? changed(rest, redactor.text) : rest])
}

/** A message of a socket that is text. */
export function redactMessage(text: string, redactor: Redactor, path: string): string {
  return redactor.body(text, { path, mimeType: '' })?.text ?? hashedText(text)
}

/** What a ping carries, or a close frame says, is text or nothing that anybody knows. */
export function redactPayload(data: Uint8Array, { text }: Redactor): Uint8Array {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return changed(bytes, text)
}

/** The same bytes when nothing is taken out, also where they are no UTF-8. */
function changed(bytes: Buffer, change: (text: string) => string): Buffer {
  const text = bytes.toString()
  const left = change(text)
  return left === text ? bytes : Buffer.from(left)
}
