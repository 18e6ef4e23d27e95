/** What is done with what a body turns out to be. */
export interface BodyMaps {
  /** null: it is no JSON. */
  json(text: string): string | null
  form(text: string): string
  text(text: string): string
}

/**
 * One reader for all bodies and messages, whatever they are called: JSON, also behind a byte order mark, a guard against scripts or in a call
 * (JSONP), in lines and in events of a stream (SSE); forms; any other text. null: said to be JSON, or begun as it, and not to be read.
 */
export function mapBody(body: string, mimeType: string, maps: BodyMaps): string | null {
  const start = guards.exec(body)![0]
  const rest = start === '' ? body : body.slice(start.length)
  if (rest === '' || rest.startsWith('{{')) return maps.text(body)
  const isCalledJson = /json/i.test(mimeType)
  if (isCalledJson || /^["{[]/.test(rest)) {
    const left = maps.json(rest)
    if (left !== null) return start + left
  }
  const called = call.exec(rest)
  if (called) {
    const left = inCall(rest, called[0], maps)
    if (left !== null) return start + left
  }
  if (/event-stream/i.test(mimeType) || events.test(rest)) return mapEvents(body, maps)
  if (/x-www-form-urlencoded/i.test(mimeType) || form.test(rest)) return maps.form(body)
  return isCalledJson || begunJson.test(rest) ? null : maps.text(body)
}

/** Whether a text is a form with several fields, as none that people write is. */
export function isForm(text: string): boolean {
  return fields.test(text)
}

/** What keeps a page from running JSON of another one as its script. */
const guards = /^\ufeff?\s*(?:\)\]\}'?,?\s*|while\s*\(1\);\s*|for\s*\(;;\);\s*|\/\*\*\/\s*)?/
const call = /^[A-Za-z_$][\w$.]*\s*\(\s*(?=["{[])/
const events = /^(?:(?:data|event|id|retry)?:[^\n]*\r?\n|\r?\n)+(?:(?:data|event|id|retry)?:[^\n]*)?$/
const form = /^[\w.~%+*-]+=[^\s"{]*$/
const fields = /^[\w.~%+*[\]-]+=[^\s"'{}&]*(?:&[\w.~%+*[\]-]+=[^\s"'{}&]*)+$/
/** `[INFO] started` is not. */
const begunJson = /^(?:\{|\[\s*(?:[{["\d-]|$))/

function inCall(text: string, start: string, { json }: BodyMaps): string | null {
  const end = /\s*\)\s*;?\s*$/.exec(text)
  if (!end) return null
  const left = json(text.slice(start.length, end.index))
  return left === null ? null : start + left + text.slice(end.index)
}

/** Lines of data that follow each other are one text. */
function mapEvents(body: string, maps: BodyMaps): string | null {
  const out: string[] = []
  const parts = body.split(/(\r\n|\n|\r)/)
  for (let at = 0; at < parts.length; at += 2) {
    const data: string[] = []
    let last = at
    for (let line = at; parts[line]?.startsWith('data:'); line += 2) {
      data.push(parts[line]!.slice('data:'.length))
      last = line
    }
    if (data.length === 0) out.push(maps.text(parts[at]!), parts[at + 1] ?? '')
    else {
      const left = mapBody(data.join('\n'), '', maps)
      if (left === null) return null
      out.push(left.replaceAll(/^/gm, 'data:'), parts[last + 1] ?? '')
      at = last
    }
  }
  return out.join('')
}
