import { dumpJson } from '../../simulators/comfyui/python/format.ts'
import { parseJson } from '../../simulators/comfyui/python/parse.ts'
import { isDict, type Py, type PyDict } from '../../simulators/comfyui/python/py.ts'
import type { Clock } from '../../simulators/simulator.ts'
import type { Action } from './grammar/actions.ts'

/** What an action makes of a whole answer; null for actions that change no answer. */
export async function editAnswer(answer: Response, action: Action, clock: Clock): Promise<Response | null> {
  switch (action.kind) {
    case 'setField': {
      const to = parseJson(JSON.stringify(action.json))
      return withJson(answer, (body) => changed(body, action.member, (members, key) => members.set(key, to)))
    }
    case 'dropField':
      return withJson(answer, (body) => changed(body, action.member, (members, key) => members.delete(key)))
    case 'renameField':
      return withJson(answer, (body) =>
        changed(body, action.member, (members, key) => {
          if (members.has(key)) members.set(action.name, members.get(key)!)
          members.delete(key)
        }),
      )
    case 'setHeader':
      return withHeaders(answer, (headers) => headers.set(action.header, action.text))
    case 'dropHeader':
      return withHeaders(answer, (headers) => headers.delete(action.header))
    case 'shortBody': {
      const body = await bytesOf(answer)
      return withBytes(answer, body.subarray(0, action.size ?? body.length >> 1))
    }
    case 'slow': {
      const piece = Math.max(1, action.rate >> 2)
      return streamed(answer, piece, (length) => clock.sleep((length * 1000) / Math.max(1, action.rate)))
    }
    case 'slice':
      return streamed(answer, Math.max(1, action.size), () => clock.sleep(action.pause ?? 0))
    default:
      return null
  }
}

/** The whole body. */
export async function bytesOf(answer: Response): Promise<Buffer<ArrayBuffer>> {
  return Buffer.from(await answer.arrayBuffer())
}

/** The same answer with another body, whose length its headers tell. */
export function withBytes(answer: Response, body: Uint8Array<ArrayBuffer>): Response {
  const changed = new Response(body, answer)
  if (answer.headers.has('content-length')) changed.headers.set('content-length', String(body.byteLength))
  return changed
}

/** The same answer with other JSON in it; an answer that holds none stays as it is. */
export async function withJson(answer: Response, change: (body: Py) => Py): Promise<Response> {
  const bytes = await bytesOf(answer)
  try {
    return withBytes(answer, new TextEncoder().encode(dumpJson(change(parseJson(bytes.toString())))))
  } catch {
    return withBytes(answer, bytes)
  }
}

function withHeaders(answer: Response, change: (headers: Headers) => void): Response {
  const headers = new Headers(answer.headers)
  change(headers)
  return new Response(answer.body, { status: answer.status, statusText: answer.statusText, headers })
}

/** Changes the members of an object or a list that a path leads to: `*` is any of them, a place in a list is its number. */
function changed(body: Py, path: string, change: (members: PyDict, key: string) => unknown): Py {
  const follow = (value: Py, [key = '', ...rest]: readonly string[]): Py => {
    if (!Array.isArray(value) && !isDict(value)) return value
    const members: PyDict = new Map(Array.isArray(value) ? value.map((each, index) => [String(index), each]) : value)
    for (const name of key === '*' ? [...members.keys()] : [key]) {
      if (rest.length === 0) change(members, name)
      else if (members.has(name)) members.set(name, follow(members.get(name)!, rest))
    }
    return Array.isArray(value) ? [...members.values()] : members
  }
  return follow(body, path.split('.'))
}

/** The body in pieces of that length, each after its pause. */
async function streamed(answer: Response, piece: number, pause: (length: number) => Promise<void>): Promise<Response> {
  const body = await bytesOf(answer)
  let at = 0
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = body.subarray(at, at + piece)
        at += piece
        if (next.length === 0) return controller.close()
        await pause(next.length)
        controller.enqueue(next)
      },
    },
    { highWaterMark: 0 },
  )
  const changed = new Response(stream, answer)
  changed.headers.set('content-length', String(body.length))
  return changed
}
