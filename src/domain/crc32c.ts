/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82F63B78), the checksum of Google Cloud Storage. Starts at 0; feed pieces in
 * order: `crc32c(b, crc32c(a))` is the checksum of a followed by b. Unsigned 32 bit.
 * Sixteen bytes a step ("slicing by 16", Intel 2006): a byte at a time is too slow for bodies of a gigabyte.
 */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  tables ??= makeTables()
  const table = tables
  const end = bytes.length
  const wordsEnd = end - (end % 16)
  let crc = ~previous
  let at = 0
  for (; at < wordsEnd; at += 16) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    crc =
      table[0xf00 | (crc & 0xff)]! ^
      table[0xe00 | ((crc >>> 8) & 0xff)]! ^
      table[0xd00 | ((crc >>> 16) & 0xff)]! ^
      table[0xc00 | (crc >>> 24)]! ^
      table[0xb00 | bytes[at + 4]!]! ^
      table[0xa00 | bytes[at + 5]!]! ^
      table[0x900 | bytes[at + 6]!]! ^
      table[0x800 | bytes[at + 7]!]! ^
      table[0x700 | bytes[at + 8]!]! ^
      table[0x600 | bytes[at + 9]!]! ^
      table[0x500 | bytes[at + 10]!]! ^
      table[0x400 | bytes[at + 11]!]! ^
      table[0x300 | bytes[at + 12]!]! ^
      table[0x200 | bytes[at + 13]!]! ^
      table[0x100 | bytes[at + 14]!]! ^
      table[bytes[at + 15]!]!
  }
  for (; at < end; at++) crc = table[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8)
  return ~crc >>> 0
}

/** The form of the JSON API: base64 of the four bytes, most significant first. */
export function crc32cBase64(crc: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc)
  return bytes.toString('base64')
}

let tables: Int32Array | undefined

/** Table n (at n × 256) advances a byte by n further zero bytes. */
function makeTables(): Int32Array {
  const made = new Int32Array(16 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    made[byte] = crc
  }
  for (let index = 256; index < made.length; index++) {
    const crc = made[index - 256]!
    made[index] = made[crc & 0xff]! ^ (crc >>> 8)
  }
  return made
}
