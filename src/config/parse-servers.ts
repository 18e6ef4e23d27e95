import { limits } from '../domain/limits.ts'
import { nearest } from '../domain/wording.ts'
import { headers, httpUrl } from './parse-address.ts'
import { number, type Parser, text } from './parse-value.ts'

/** A server as a configuration file has it. What it does not say is as for every server. */
export interface ServerInput {
  readonly url: string
  readonly token?: string
  readonly headers?: string | readonly string[] | Readonly<Record<string, string>>
  /** Dollars an hour. */
  readonly price?: number
  /** How many times as fast it is as its recording, in a dry run. */
  readonly speed?: number
}

/** Such a server, read. */
export interface GivenServer {
  readonly url: URL
  readonly token: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly price: number | null
  readonly speed: number | null
}

// biome-ignore lint/suspicious/noExplicitAny: each takes another input
const members: Record<keyof ServerInput, Parser<unknown, any>> = {
  url: httpUrl,
  token: text(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  headers,
  price: number(limits.price),
  speed: number(limits.speed),
}

/** A list of servers, each with its address at least. */
export const serverList: Parser<readonly GivenServer[], readonly ServerInput[]> = (raw, folder) => {
  if (!Array.isArray(raw)) return { wrong: 'must be a list of servers, each with its url' }
  const servers: GivenServer[] = []
  for (const [index, one] of raw.entries()) {
    const parsed = serverOf(one, folder)
    if ('wrong' in parsed) return { ...parsed, wrong: `${parsed.wrong} (server ${index + 1})` }
    servers.push(parsed.value)
  }
  return { value: servers }
}

const serverOf: Parser<GivenServer> = (raw, folder) => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { wrong: 'must hold servers as "url: …"' }
  const server: Record<string, unknown> = { token: null, headers: {}, price: null, speed: null }
  for (const [key, value] of Object.entries(raw)) {
    const parse = Object.hasOwn(members, key) ? members[key as keyof typeof members] : null
    if (!parse) {
      const guess = nearest(key, Object.keys(members))
      const wrong = `has a server with ${key}, which is none of ${Object.keys(members).join(', ')}`
      return guess === null ? { wrong } : { wrong, hint: `did you mean ${guess}?` }
    }
    const parsed = parse(value, folder)
    if ('wrong' in parsed) return { ...parsed, wrong: `has a server whose ${key} ${parsed.wrong}` }
    server[key] = parsed.value
  }
  return server['url'] ? { value: server as unknown as GivenServer } : { wrong: 'has a server without url' }
}
