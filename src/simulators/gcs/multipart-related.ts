import { invalid } from './gcs-failure.ts'

export interface RelatedParts {
  /** Text of the first part: the object's metadata as JSON. */
  readonly metadata: string
  /** Content-Type of the second part. */
  readonly contentType: string | undefined
  /** Its Content-MD5. */
  readonly contentMd5: string | undefined
  /** The second part's bytes; read it to the end. */
  readonly content: AsyncIterable<Uint8Array>
}

/** The metadata part and the part headers must fit in here. */
const HEAD_LIMIT = 1024 * 1024

/** Splits the two parts of a `multipart/related` upload (RFC 2387) without holding the second in memory. */
export async function relatedParts(contentType: string, body: AsyncIterable<Uint8Array>): Promise<RelatedParts> {
  // Some clients quote as Python does.
  const [, double, single, plain] = /boundary=(?:"([^"]+)"|'([^']+)'|([^;\s]+))/i.exec(contentType) ?? []
  const boundary = double ?? single ?? plain
  if (boundary === undefined) throw invalid('Missing multipart boundary in the Content-Type header.')
  const delimiter = `\r\n--${boundary}`
  const pieces = body[Symbol.asyncIterator]()

  // A CRLF is put in front, so that the first delimiter looks like the others.
  let head = Buffer.from('\r\n')
  const readTo = async (mark: string): Promise<string> => {
    for (let at = head.indexOf(mark); ; at = head.indexOf(mark)) {
      if (at >= 0) {
        const text = head.toString('utf8', 0, at)
        head = head.subarray(at + mark.length)
        return text
      }
      const next = await pieces.next()
      if (next.done || head.length > HEAD_LIMIT) throw invalid('Malformed multipart body.')
      head = Buffer.concat([head, next.value])
    }
  }
  await readTo(`${delimiter}\r\n`)
  await readTo('\r\n\r\n')
  const metadata = await readTo(`${delimiter}\r\n`)
  const headers = await readTo('\r\n\r\n')
  return {
    metadata,
    contentMd5: /^content-md5:\s*(.+?)\s*$/im.exec(headers)?.[1],
    contentType: /^content-type:\s*(.+?)\s*$/im.exec(headers)?.[1],
    content: untilDelimiter(head, pieces, `${delimiter}--`),
  }
}

async function* untilDelimiter(head: Buffer, pieces: AsyncIterator<Uint8Array>, mark: string): AsyncGenerator<Buffer> {
  let held = head
  for (;;) {
    const at = held.indexOf(mark)
    if (at >= 0) {
      yield held.subarray(0, at)
      for (let rest = await pieces.next(); !rest.done; rest = await pieces.next());
      return
    }
    const safe = Math.max(held.length - mark.length + 1, 0)
    yield held.subarray(0, safe)
    const next = await pieces.next()
    if (next.done) throw invalid('Malformed multipart body: the closing boundary is missing.')
    held = Buffer.concat([held.subarray(safe), next.value])
  }
}
