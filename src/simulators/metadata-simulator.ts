import { simulatedToken } from './google-auth-simulator.ts'
import { notSimulatedHeaders, PROVENANCE_HEADER, type SimulatedService, UNMATCHED_HEADER } from './simulator.ts'

const PROJECT_ID = 'simulated-project'
const EMAIL = `simulated@${PROJECT_ID}.iam.gserviceaccount.com`

/** A folder of the server, or what a name in it answers: text, a number, lines, or the answer to a question. */
type Entry = string | number | readonly string[] | (() => object) | { readonly [name: string]: Entry }

const account: Entry = {
  aliases: ['default'],
  email: EMAIL,
  scopes: ['https://www.googleapis.com/auth/cloud-platform', 'https://www.googleapis.com/auth/devstorage.full_control'],
  token: simulatedToken,
}

const tree: Entry = {
  instance: {
    id: 1_234_567_890,
    name: 'simulated',
    'service-accounts': { default: account, [EMAIL]: account },
    zone: 'projects/123456789012/zones/us-central1-a',
  },
  project: { 'numeric-project-id': 123_456_789_012, 'project-id': PROJECT_ID },
  universe: { 'universe-domain': 'googleapis.com' },
}

const KNOWN =
  'metadata server: /computeMetadata/v1/instance/service-accounts/default/token, and ?recursive=true of any folder'

/**
 * The metadata server of a Google machine (`metadata.google.internal`, `169.254.169.254`): where Google's libraries look for
 * credentials when none are given. Both sides must show `Metadata-Flavor: Google`.
 * https://cloud.google.com/compute/docs/metadata/querying-metadata
 */
export function metadataSimulator(): SimulatedService {
  return {
    name: 'metadata',
    async http(request) {
      const isMeant = request.headers.get('metadata-flavor') === 'Google'
      const answer = isMeant
        ? answerTo(request)
        : new Response('Missing Metadata-Flavor:Google header.', { status: 403 })
      answer.headers.set('metadata-flavor', 'Google')
      if (!answer.headers.has(UNMATCHED_HEADER)) answer.headers.set(PROVENANCE_HEADER, 'derived')
      return answer
    },
  }
}

function answerTo({ method, url }: Request): Response {
  const { pathname, searchParams } = new URL(url)
  // By the answer to this Google's Python library sees that there is such a server.
  if (pathname === '/') return text('computeMetadata/\n')
  const entry = pathname.startsWith('/computeMetadata/v1')
    ? entryAt(pathname.slice('/computeMetadata/v1'.length))
    : null
  if (method !== 'GET' || entry === null) return notSimulated(`${method} ${pathname}`)
  const known = typeof entry === 'function' ? ['scopes'] : ['recursive', 'alt']
  const other = [...searchParams.keys()].find((name) => !known.includes(name))
  if (other !== undefined) return notSimulated(`the parameter ${other} of ${pathname}`)
  const isRecursive = searchParams.get('recursive')?.toLowerCase() === 'true'
  const form = searchParams.get('alt') ?? (isRecursive && isFolder(entry) ? 'json' : 'text')
  if (typeof entry === 'function') return Response.json(entry())
  if (form === 'json' && (isRecursive || !isFolder(entry))) return Response.json(whole(entry))
  if (form === 'text' && !(isRecursive && isFolder(entry))) return text(isFolder(entry) ? listed(entry) : plain(entry))
  return notSimulated(`alt=${form} of ${pathname}`)
}

function entryAt(path: string): Entry | null {
  let entry: Entry = tree
  for (const name of path.split('/').filter((part) => part !== '')) {
    const inner: Entry | undefined = isFolder(entry) ? entry[decodeURIComponent(name)] : undefined
    if (inner === undefined) return null
    entry = inner
  }
  return entry
}

function isFolder(entry: Entry): entry is { readonly [name: string]: Entry } {
  return typeof entry === 'object' && !Array.isArray(entry)
}

function listed(folder: { readonly [name: string]: Entry }): string {
  return Object.entries(folder)
    .map(([name, entry]) => `${name}${isFolder(entry) ? '/' : ''}\n`)
    .join('')
}

function plain(entry: Exclude<Entry, object> | readonly string[] | Entry): string {
  return Array.isArray(entry) ? entry.map((line) => `${line}\n`).join('') : String(entry)
}

/** A folder with all that is in it, under names as JSON has them; what has to be asked for by itself is left out. */
function whole(entry: Entry): unknown {
  if (!isFolder(entry)) return entry
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([, inner]) => typeof inner !== 'function')
      .map(([name, inner]) => [
        name.includes('@') ? name : name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
        whole(inner),
      ]),
  )
}

function text(body: string): Response {
  return new Response(body, { headers: { 'content-type': 'application/text' } })
}

function notSimulated(what: string): Response {
  return new Response(`no answer to ${what}`, { status: 501, headers: notSimulatedHeaders(KNOWN) })
}
