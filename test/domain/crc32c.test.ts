import { CRC32C } from '@google-cloud/storage'
import { expect, it } from 'vitest'
import { crc32c, crc32cBase64 } from '../../src/domain/crc32c.ts'
import { fc } from '../support/seeded.ts'

/** RFC 3720, appendix B.4, and the check value of the CRC catalogue. */
it.each([
  ['nothing', Buffer.alloc(0), 0],
  ['"123456789"', Buffer.from('123456789'), 0xe3069283],
  ['32 bytes of 0x00', Buffer.alloc(32), 0x8a9136aa],
  ['32 bytes of 0xff', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0x00 to 0x1f', Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
  ['0x1f to 0x00', Buffer.from(Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113fdb5c],
])('gives the known checksum of %s', (_, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected)
})

it('writes it as the JSON API does', () => {
  expect([crc32cBase64(0), crc32cBase64(crc32c(Buffer.from('123456789')))]).toEqual(['AAAAAA==', '4waSgw=='])
})

it('gives the same for the whole as for its pieces, and as one bit at a time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
      const whole = crc32c(bytes)
      expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(whole)
      expect(bitByBit(bytes)).toBe(whole)
    }),
  )
})

function bitByBit(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  }
  return ~crc >>> 0
}

it('agrees with the sum of Google’s own library', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const theirs = new CRC32C()
      theirs.update(Buffer.from(bytes))
      expect(crc32cBase64(crc32c(bytes))).toBe(theirs.toString())
    }),
  )
})
