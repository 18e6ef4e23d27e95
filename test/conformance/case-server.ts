import { setTimeout as delay } from 'node:timers/promises'
import type { ComfyuiSimulator } from '../../src/simulators/comfyui/simulator.ts'
import { ORIGIN, openSocket } from '../simulators/comfyui/reach-simulator.ts'
import { plainValue } from './plain-answers.ts'

/** A request to a route, as the cases have it. */
export interface Step {
  readonly path: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: unknown
  readonly form?: Readonly<
    Record<string, string | { readonly file: string; readonly b64?: string; readonly type?: string }>
  >
}

export interface Message {
  readonly type: string
  readonly data?: Readonly<Record<string, unknown>>
}

/** Sends what a case says to a simulated server, and gives all that comes back. */
export function openCaseServer(simulator: ComfyuiSimulator) {
  const send = (path: string, init?: RequestInit) => simulator.http(new Request(ORIGIN + path, init))
  return {
    /** Runs a prompt to its end. */
    async prompt(
      clientId: string,
      { prompt, flags, extra }: { prompt: unknown; flags?: unknown; extra?: object | undefined },
    ) {
      const socket = openSocket(simulator, `/ws?clientId=${encodeURIComponent(clientId)}`)
      if (flags !== undefined) socket.send(JSON.stringify({ type: 'feature_flags', data: flags }))
      const body = JSON.stringify({ prompt, client_id: clientId, ...extra })
      const response = await send('/prompt', { method: 'POST', body })
      const answer = (await response.json()) as { prompt_id?: string }
      while (simulator.report().remaining > 0) await delay(1)
      const history = answer.prompt_id ? await (await send(`/history/${answer.prompt_id}`)).json() : {}
      socket.close()
      const messages = socket.frames.map(
        (frame): Message => (typeof frame === 'string' ? (JSON.parse(frame) as Message) : { type: 'binary' }),
      )
      return { status: response.status, body: answer, history: Object.values(history as object)[0], messages }
    },

    async step({ path, method = 'GET', headers = {}, body, form }: Step) {
      const content = form ? formOf(form) : body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const response = await send(path, { method, headers, ...(content !== undefined && { body: content }) })
      const text = await response.text()
      const type = text === '' ? '' : (response.headers.get('content-type') ?? '').split(';')[0]
      return { status: response.status, type, body: bodyOf(text) }
    },
  }
}

function bodyOf(text: string): unknown {
  try {
    return plainValue(JSON.parse(text))
  } catch {
    return text.length > 200 ? `<${text.length} chars>` : text
  }
}

function formOf(parts: NonNullable<Step['form']>): FormData {
  const form = new FormData()
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === 'string') form.append(name, part)
    else
      form.append(
        name,
        new Blob([Buffer.from(part.b64 ?? '', 'base64')], { type: part.type ?? 'image/png' }),
        part.file,
      )
  }
  return form
}
