import { readFile, rm, writeFile } from 'node:fs/promises'

/** What a session was begun for. It takes nothing else. */
export interface SessionOf {
  /** Origin of the service. */
  readonly service: string
  readonly bucket: string
  readonly object: string
  readonly size: number
  readonly crc32c: string
}

/** The file in which the address of an upload's session outlives the program; nowhere else is it written down. */
export interface KeptSession {
  /** The address of the session that was begun for this very upload; null when there is none. */
  find(): Promise<string | null>
  keep(uri: string): Promise<void>
  forget(): Promise<void>
}

/**
 * Keeps a session in `path`, or nowhere. Whoever knows its address may write the object, so only the owner can read the file. What
 * cannot be written or read costs a new session and nothing else.
 */
export function keptSession(path: string | undefined, of: SessionOf): KeptSession {
  const forget = async () => {
    if (path !== undefined) await rm(path, { force: true }).catch(() => {})
  }
  return {
    async find() {
      const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '')
      return sessionIn(text, of)
    },
    async keep(uri) {
      if (path === undefined) return
      await forget()
      // A file that is there keeps the rights that it has.
      await writeFile(path, `${JSON.stringify({ ...of, uri })}\n`, { flag: 'wx', mode: 0o600 }).catch(() => {})
    },
    forget,
  }
}

function sessionIn(text: string, of: SessionOf): string | null {
  try {
    const { uri, ...kept } = JSON.parse(text)
    const isThis = Object.entries(of).every(([name, value]) => kept[name] === value)
    return isThis && mayBeOf(of.service, new URL(uri)) ? uri : null
  } catch {
    return null
  }
}

/** Whether the service can have given out an address: it gets the film and the credentials. Google has several names. */
function mayBeOf(service: string, { origin, protocol, hostname }: URL): boolean {
  const isGoogle = new URL(service).hostname.endsWith('.googleapis.com')
  return origin === service || (isGoogle && protocol === 'https:' && hostname.endsWith('.googleapis.com'))
}
