import { type FileHandle, open } from 'node:fs/promises'

/** Bytes that are looked at. */
const START = 64

/**
 * What a downloaded file is instead of what its name says; null when it may be that. A proxy's page comes with status 200, too, and
 * may cut a body whose length was not announced.
 */
export async function foreignBody(path: string): Promise<string | null> {
  await using file = await open(path)
  const piece = Buffer.alloc(START)
  const { bytesRead } = await file.read(piece, 0, START, 0)
  if (bytesRead === 0) return 'empty'
  const text = piece.toString('latin1', 0, bytesRead)
  if (/^(?:\xEF\xBB\xBF)?\s*<(?:!doctype|html|head|body|\?xml)/i.test(text)) return 'a page of HTML'
  // A safetensors file begins with the length of its header, whose first byte may be any.
  if (/^\s*\{"/.test(text) && !path.includes('.latent')) return 'an answer in JSON'
  return text.startsWith('ftyp', 4) && !(await isWholeMp4(file)) ? 'a part of a video' : null
}

/** Whether the boxes of an MP4 (ISO/IEC 14496-12, 4.2) end where it ends. */
async function isWholeMp4(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat()
  const header = Buffer.alloc(16)
  for (let at = 0; at < size; ) {
    const { bytesRead } = await file.read(header, 0, 16, at)
    if (bytesRead < 8) return false
    const short = header.readUInt32BE()
    // 0: to the end of the file; 1: 64 bits behind the name.
    if (short === 0) return true
    const length = short === 1 && bytesRead === 16 ? Number(header.readBigUInt64BE(8)) : short
    if (length < 8 || at + length > size) return false
    at += length
  }
  return true
}
