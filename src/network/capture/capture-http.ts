import { isText } from '../../recording/text-body.ts'
import type { SimulatedService, Simulator } from '../../simulators/simulator.ts'
import { BodySpool, type SpoolOptions, WHOLE_TEXT } from './body-spool.ts'
import type { Exchange } from './exchange.ts'

export interface HttpCaptureOptions {
  readonly now: () => number
  readonly spool: Omit<SpoolOptions, 'mimeType' | 'encoding' | 'path' | 'keepBinary'>
  /** Requests with binary bodies are uploads; answers are kept always. */
  readonly keepUploads: boolean
  readonly keep: (exchange: Exchange) => void
}

/**
 * Sees every request and answer of a service, with the exact bytes. Text is read whole (it can be redacted only as a whole), so
 * it is kept before the client has its answer; other bodies are looked at as they flow by, and never held.
 */
export function captureHttp(service: SimulatedService, options: HttpCaptureOptions): Simulator {
  const { now, keep } = options
  return async (request) => {
    const head = { service: service.name, startedAt: now(), method: request.method, url: new URL(request.url) }
    const spool = { ...options.spool, path: head.url.pathname }
    const asked = new BodySpool({ ...spool, ...kindOf(request), keepBinary: options.keepUploads })
    const finish = (response: Response, answered: BodySpool, error: string | null) => {
      orCrash(() =>
        keep({
          ...head,
          endedAt: now(),
          requestHeaders: request.headers,
          requestBody: asked.finish(),
          status: response.status,
          statusText: response.statusText,
          responseHeaders: response.headers,
          responseBody: answered.finish(),
          error,
        }),
      )
    }
    const response = await service.http(await watchedRequest(request, asked)).catch((error: unknown) => {
      // A defect of the simulator: the server makes a 500 of it, and so does the record.
      const nothing = new BodySpool({ ...spool, mimeType: '', encoding: '', keepBinary: false })
      finish(new Response(null, { status: 500 }), nothing, String(error))
      throw error
    })
    const answered = new BodySpool({ ...spool, ...kindOf(response), keepBinary: true })
    return watchedResponse(response, answered, (error) => finish(response, answered, error))
  }
}

async function watchedRequest(request: Request, seen: BodySpool): Promise<Request> {
  if (request.body === null) return request
  const declared = Number(request.headers.get('content-length') ?? Number.POSITIVE_INFINITY)
  const whole = isText(typeOf(request)) && declared <= WHOLE_TEXT
  const body = whole ? await wholeBody(request, seen) : watchedStream(request.body, seen, () => {})
  const { url, method, signal } = request
  return new Request(url, { method, headers: request.headers, body, signal, duplex: 'half' })
}

async function watchedResponse(
  response: Response,
  seen: BodySpool,
  done: (error: string | null) => void,
): Promise<Response> {
  if (response.body === null) {
    done(null)
    return response
  }
  if (!isText(typeOf(response))) return new Response(watchedStream(response.body, seen, done), response)
  const body = await wholeBody(response, seen)
  done(null)
  return new Response(body, response)
}

async function wholeBody(message: Request | Response, seen: BodySpool): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await message.arrayBuffer())
  orCrash(() => seen.add(bytes))
  return bytes
}

/**
 * Ends the program when something cannot be written down. Thrown where it happens, the error would only be a broken
 * connection to the client, which may try again for ever.
 */
function orCrash(write: () => void): void {
  try {
    write()
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}

function watchedStream(
  body: ReadableStream<Uint8Array>,
  seen: BodySpool,
  done: (error: string | null) => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: ended, value } = await reader.read()
          if (ended) {
            done(null)
            controller.close()
          } else {
            orCrash(() => seen.add(value))
            controller.enqueue(value)
          }
        } catch (error) {
          done(String(error))
          controller.error(error)
        }
      },
      async cancel(reason) {
        done('the client went away before the end')
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function kindOf(message: Request | Response): Pick<SpoolOptions, 'mimeType' | 'encoding'> {
  return { mimeType: typeOf(message), encoding: message.headers.get('content-encoding') ?? '' }
}

function typeOf({ headers }: Request | Response): string {
  return headers.get('content-type') ?? ''
}
