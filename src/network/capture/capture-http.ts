import { cutBody } from '../../recording/cut-body.ts'
import { isText } from '../../recording/text-body.ts'
import { heldBody, sentHeaders } from '../../simulators/held-body.ts'
import { CUT_HEADER, type SimulatedService, type Simulator } from '../../simulators/simulator.ts'
import { WHOLE_TEXT } from './body-spool.ts'
import { type HttpCaptureOptions, type OpenExchange, openExchange } from './open-exchange.ts'

/**
 * Sees every request and answer of a service, with the exact bytes. Text is read whole (it can be redacted only as a whole), so
 * it is kept before the client has its answer; other bodies are looked at as they flow by, and never held.
 */
export function captureHttp(service: SimulatedService, options: HttpCaptureOptions): Simulator {
  return async (request) => {
    const { method } = request
    const requestHeaders = sentHeaders(request.headers)
    const seen = openExchange({ service: service.name, method, url: new URL(request.url), requestHeaders }, options)
    const response = await service.http(await watchedRequest(request, seen)).catch((error: unknown) => {
      // A defect of the simulator: the server makes a 500 of it, and so does the record.
      seen.end(String(error), 500)
      throw error
    })
    const { status, statusText, headers: responseHeaders } = response
    seen.answer({ status, statusText, responseHeaders })
    return watchedResponse(response, seen)
  }
}

async function watchedRequest(request: Request, seen: OpenExchange): Promise<Request> {
  const held = heldBody(request)
  if (held) seen.asked(held)
  if (request.body === null) return request
  const declared = Number(request.headers.get('content-length') ?? Number.POSITIVE_INFINITY)
  const whole = isText(typeOf(request)) && declared <= WHOLE_TEXT
  const look = { piece: seen.asked, end: () => {} }
  const body = whole ? await wholeBody(request, seen) : watchedStream(request.body, look)
  const { url, method, signal } = request
  return new Request(url, { method, headers: request.headers, body, signal, duplex: 'half' })
}

async function watchedResponse(response: Response, seen: OpenExchange): Promise<Response> {
  if (response.body === null) {
    seen.end(null)
    return response
  }
  const look = { piece: seen.answered, end: seen.end }
  if (!isText(typeOf(response))) return new Response(watchedStream(response.body, look), response)
  const { bytes, error } = await untilEnd(response.body, seen.answered)
  seen.end(error)
  if (error === null) return new Response(bytes, response)
  const cut = new Response(cutBody(bytes, error), response)
  cut.headers.set(CUT_HEADER, encodeURI(error))
  return cut
}

async function wholeBody(request: Request, seen: OpenExchange): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await request.arrayBuffer())
  seen.asked(bytes)
  return bytes
}

/** All of a text, or what came of it before it broke off. */
async function untilEnd(body: ReadableStream<Uint8Array>, see: (bytes: Uint8Array) => void) {
  const pieces: Uint8Array[] = []
  let error: string | null = null
  try {
    for await (const piece of body) {
      see(piece)
      pieces.push(piece)
    }
  } catch (reason) {
    error = String(reason)
  }
  return { bytes: Uint8Array.from(Buffer.concat(pieces)), error }
}

interface Look {
  readonly piece: (bytes: Uint8Array) => void
  readonly end: (error: string | null) => void
}

function watchedStream(body: ReadableStream<Uint8Array>, { piece, end }: Look): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: ended, value } = await reader.read()
          if (ended) {
            end(null)
            controller.close()
          } else {
            piece(value)
            controller.enqueue(value)
          }
        } catch (error) {
          end(String(error))
          controller.error(error)
        }
      },
      async cancel(reason) {
        end('the client went away before the end')
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function typeOf({ headers }: Request | Response): string {
  return headers.get('content-type') ?? ''
}
