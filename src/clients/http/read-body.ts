import type { Readable } from 'node:stream'

/** Bytes that an answer may have, unless its request says otherwise: a graph of thousands of nodes has less. */
export const MOST_BYTES = 16 << 20

/** An answer that goes on beyond what may be read of it. */
export class TooLong extends Error {
  constructor(most: number) {
    super(`the answer is longer than ${most >> 20} MiB`)
  }
}

/** The whole body as UTF-8. Reads no more than `most` bytes, and throws TooLong when there are more. */
export async function readBody(body: Readable, most: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > most) throw new TooLong(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length).toString('utf8')
}

/** The beginning of a body, for the words of an error; the connection is given up when there is more. */
export async function readBeginning(body: Readable): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length > BEGINNING) break
  }
  return Buffer.concat(chunks).subarray(0, BEGINNING).toString('utf8')
}

const BEGINNING = 64 << 10
