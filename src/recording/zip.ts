import { inflateRawSync } from 'node:zlib'

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).equals(FILE)
}

/** The files of a zip archive by name, each unpacked when it is asked for. Throws an Error whose message says what is wrong. */
export function readZip(bytes: Buffer): Map<string, () => Buffer> {
  const end = bytes.lastIndexOf(END)
  if (end < 0 || end + END_LENGTH > bytes.length) throw new Error('the archive is cut off')
  const files = new Map<string, () => Buffer>()
  let at = bytes.readUInt32LE(end + 16)
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (at + LISTED_LENGTH > end || !bytes.subarray(at, at + 4).equals(LISTED)) throw new Error('its list is damaged')
    const name = at + LISTED_LENGTH
    const nameEnd = name + bytes.readUInt16LE(at + 28)
    const listed = at
    files.set(bytes.toString('utf8', name, nameEnd), () => unpacked(bytes, listed))
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

/** No recording has a file of that size, but an archive of a few bytes can. */
export const MOST_UNPACKED = 1024 ** 3

const FILE = Buffer.from('PK\x03\x04')
const LISTED = Buffer.from('PK\x01\x02')
const END = Buffer.from('PK\x05\x06')
const LISTED_LENGTH = 46
const END_LENGTH = 22
const STORED = 0
const DEFLATED = 8

function unpacked(bytes: Buffer, listed: number): Buffer {
  const isEncrypted = (bytes.readUInt16LE(listed + 8) & 1) === 1
  const method = bytes.readUInt16LE(listed + 10)
  const size = bytes.readUInt32LE(listed + 20)
  const file = bytes.readUInt32LE(listed + 42)
  if (isEncrypted || ![STORED, DEFLATED].includes(method))
    throw new Error('it is packed in a way that is not read here')
  if (file + 30 > bytes.length || !bytes.subarray(file, file + 4).equals(FILE))
    throw new Error('the archive is damaged')
  const start = file + 30 + bytes.readUInt16LE(file + 26) + bytes.readUInt16LE(file + 28)
  const packed = bytes.subarray(start, start + size)
  return method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: MOST_UNPACKED })
}
