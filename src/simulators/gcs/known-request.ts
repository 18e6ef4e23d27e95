import { createMiddleware } from 'hono/factory'
import { type GcsCall, gcsKnown, standardParameters } from './gcs-calls.ts'
import { invalidParameter, NotSimulated } from './gcs-failure.ts'

/** Headers of Google's own that are understood, or say nothing about the answer. */
const HEADERS = [
  'x-goog-api-client',
  'x-goog-api-key',
  'x-goog-gcs-idempotency-token',
  'x-goog-hash',
  'x-goog-request-params',
  'x-goog-user-project',
]

/** Refuses what a request asks for and the simulator would not do: a parameter, a header, or a value of one that is not simulated. */
export function knownRequest(call: GcsCall) {
  const known = new Set([...standardParameters, ...call.parameters])
  const nearest = `${call.method} ${call.path} with ${call.parameters.join(', ')}`
  return createMiddleware(async (c, next) => {
    checkHeaders(c.req.raw)
    const { searchParams } = new URL(c.req.url)
    for (const name of searchParams.keys()) {
      if (!known.has(name)) throw new NotSimulated(`the parameter ${name} of ${c.req.method} ${c.req.path}`, nearest)
      if (searchParams.getAll(name).length > 1) throw new NotSimulated(`the parameter ${name} given twice`, nearest)
      checkValue(name, searchParams.get(name)!)
    }
    await next()
  })
}

/** Headers that would change what a call does: keys of one's own, another method, instructions for a test bench. */
function checkHeaders({ headers }: Request): void {
  for (const name of headers.keys()) {
    const isGoogles = name.startsWith('x-goog-') && !name.startsWith('x-goog-custom-audit-')
    if (name === 'x-http-method-override' || name === 'x-retry-test-id' || (isGoogles && !HEADERS.includes(name))) {
      throw new NotSimulated(`the header ${name}`, `${gcsKnown}, with the headers ${HEADERS.join(', ')}`)
    }
  }
}

/** Per parameter with few values, those that are simulated and those that the service has besides. */
const values: Readonly<Record<string, { known: readonly string[]; real: readonly string[] }>> = {
  alt: { known: ['json', 'media'], real: ['proto'] },
  // No object and no bucket here has an access control list: the full projection is the short one.
  projection: { known: ['full', 'noAcl'], real: [] },
  prettyPrint: { known: ['true', 'false'], real: [] },
  versions: { known: ['true', 'false'], real: [] },
  includeTrailingDelimiter: { known: ['true', 'false'], real: [] },
  // Buckets here have no folders of their own.
  includeFoldersAsPrefixes: { known: ['true', 'false'], real: [] },
  deleteSourceObjects: { known: ['true', 'false'], real: [] },
  softDeleted: { known: ['false'], real: ['true'] },
}

function checkValue(name: string, value: string): void {
  const { known, real } = values[name] ?? { known: [value], real: [] }
  if (known.includes(value)) return
  if (real.includes(value)) throw new NotSimulated(`${name}=${value}`, `${name}=${known.join(' or ')}`)
  throw invalidParameter(name, `Invalid value '${value}'. Acceptable values are: [${[...known, ...real].join(', ')}]`)
}
