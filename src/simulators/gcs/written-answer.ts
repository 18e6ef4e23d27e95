import { invalidParameter } from './gcs-failure.ts'

/** A JSON answer as the request wants it written: only some of its fields, and with line breaks when asked. */
export async function writtenAnswer(answer: Response, query: URLSearchParams): Promise<Response> {
  const fields = query.get('fields')
  const isPretty = query.get('prettyPrint') === 'true'
  const isJson = answer.ok && /^application\/json/.test(answer.headers.get('content-type') ?? '')
  if (!isJson || (fields === null && !isPretty)) return answer
  const whole: unknown = await answer.json()
  const { status, headers } = answer
  headers.delete('content-length')
  return new Response(
    JSON.stringify(fields === null ? whole : selected(whole, fieldMask(fields)), null, isPretty ? 2 : 0),
    {
      status,
      headers,
    },
  )
}

/** Per name what is wanted of it; null: all. */
type Mask = Map<string, Mask | null>

/** Reads `kind,items(name,size),a/b`. Throws 400. https://cloud.google.com/storage/docs/json_api#partial-response */
function fieldMask(text: string): Mask {
  const tokens = text.match(/[^,()/]+|[,()/]/g) ?? []
  let at = 0
  const fail = () => invalidParameter('fields', `Invalid field selection ${text}`)

  const list = (isInside: boolean): Mask => {
    const mask: Mask = new Map()
    for (;;) {
      const [name, wanted] = path()
      mask.set(name, merged(mask.get(name), wanted, mask.has(name)))
      const end = tokens[at++]
      if (end === (isInside ? ')' : undefined)) return mask
      if (end !== ',') throw fail()
    }
  }
  const path = (): [string, Mask | null] => {
    const name = tokens[at++]
    if (name === undefined || /^[,()/]$/.test(name)) throw fail()
    if (tokens[at] === '/') {
      at += 1
      return [name, new Map([path()])]
    }
    if (tokens[at] !== '(') return [name, null]
    at += 1
    return [name, list(true)]
  }
  return list(false)
}

function merged(before: Mask | null | undefined, now: Mask | null, isKnown: boolean): Mask | null {
  if (!isKnown) return now
  return before && now ? new Map([...before, ...now]) : null
}

function selected(value: unknown, mask: Mask): unknown {
  if (Array.isArray(value)) return value.map((item) => selected(item, mask))
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const wanted = mask.get(name) ?? mask.get('*')
    if (wanted === undefined && !mask.has(name) && !mask.has('*')) return []
    return [[name, wanted ? selected(inner, wanted) : inner]]
  })
  return Object.fromEntries(kept)
}
