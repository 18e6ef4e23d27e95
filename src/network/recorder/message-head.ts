/** The head of a request or an answer as it went over the wire; one character a byte. */
export interface MessageHead {
  /** The first line: `GET /queue HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly start: string
  readonly headers: Headers
}

/** Reads a head, whose last line is empty; null for what is none. */
export function messageHead(raw: Buffer): MessageHead | null {
  const unfolded = raw.toString('latin1').replaceAll(/\r?\n[ \t]+/g, ' ')
  const [start = '', ...lines] = unfolded.split(/\r?\n/).filter((line) => line !== '')
  if (!/^(?:HTTP\/\d\.\d \d{3}(?: |$)|\S+ .*\S HTTP\/\d\.\d$)/.test(start)) return null
  const headers = new Headers()
  for (const line of lines) {
    const [, name, value = ''] = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:(.*)$/s.exec(line) ?? []
    // A line that is no header is passed on as it is, and is none to write down.
    if (name !== undefined) headers.append(name, value.replaceAll(/[\0\r]/g, ''))
  }
  return { start, headers }
}

/** How the end of a body is known. */
export type Framing = 'none' | 'chunked' | 'until-close' | 'tunnel' | { readonly length: number }

/** Of a request. */
export function requestFraming({ headers }: MessageHead): Framing {
  if (isChunked(headers)) return 'chunked'
  return lengthOf(headers) ?? 'none'
}

/** Of an answer to a request of `method`. */
export function answerFraming({ start, headers }: MessageHead, method: string): Framing {
  const status = statusOf(start)
  if (status === 101 || (method === 'CONNECT' && status < 300)) return 'tunnel'
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return 'none'
  if (isChunked(headers)) return 'chunked'
  return lengthOf(headers) ?? 'until-close'
}

/** The status in the first line of an answer. */
export function statusOf(start: string): number {
  return Number(start.split(' ')[1])
}

function isChunked(headers: Headers): boolean {
  return /(?:^|,)\s*chunked\s*$/i.test(headers.get('transfer-encoding') ?? '')
}

function lengthOf(headers: Headers): Framing | null {
  // A server that says it twice means it once.
  const said = headers.get('content-length')?.split(',')[0]?.trim()
  return said !== undefined && /^\d+$/.test(said) ? { length: Number(said) } : null
}
