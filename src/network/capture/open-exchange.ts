import { BodySpool, type SpoolOptions } from './body-spool.ts'
import type { Exchange } from './exchange.ts'

export interface HttpCaptureOptions {
  readonly now: () => number
  readonly spool: Omit<SpoolOptions, 'mimeType' | 'encoding' | 'path' | 'keepBinary'>
  /** Requests with binary bodies are uploads; answers are kept always. */
  readonly keepUploads: boolean
  readonly keep: (exchange: Exchange) => void
}

/** An exchange under way. Bodies are taken as they flow by; when it ends, it is kept. */
export interface OpenExchange {
  readonly startedAt: number
  /** A piece of the request's body. */
  asked(bytes: Uint8Array): unknown
  answer(head: Pick<Exchange, 'status' | 'statusText' | 'responseHeaders' | 'responseVersion'>): void
  /** A piece of the answer's body. */
  answered(bytes: Uint8Array): unknown
  /** Keeps it, once. `error`: why it did not reach its end; without an answer it is kept as `status` then. */
  end(error: string | null, status?: number): void
}

/** Begins to write down an exchange whose request has just come. */
export function openExchange(
  head: Pick<Exchange, 'service' | 'method' | 'url' | 'requestHeaders' | 'requestVersion'>,
  options: HttpCaptureOptions,
): OpenExchange {
  const startedAt = options.now()
  const spool = { ...options.spool, path: head.url.pathname }
  const asked = new BodySpool({ ...spool, ...kindOf(head.requestHeaders), keepBinary: options.keepUploads })
  let answer: Parameters<OpenExchange['answer']>[0] | null = null
  let answered: BodySpool | null = null
  let isOpen = true
  return {
    startedAt,
    asked: (bytes) => isOpen && orCrash(() => asked.add(bytes)),
    answer(of) {
      answer = of
      answered = new BodySpool({ ...spool, ...kindOf(of.responseHeaders), keepBinary: true })
    },
    answered: (bytes) => isOpen && orCrash(() => answered?.add(bytes)),
    end(error, status = 0) {
      if (!isOpen) return
      isOpen = false
      orCrash(() =>
        options.keep({
          ...head,
          startedAt,
          endedAt: options.now(),
          requestBody: asked.finish(),
          ...(answer ?? { status, statusText: '', responseHeaders: new Headers() }),
          responseBody: answered?.finish() ?? { size: 0, text: null },
          error,
        }),
      )
    },
  }
}

function kindOf(headers: Headers): Pick<SpoolOptions, 'mimeType' | 'encoding'> {
  return { mimeType: headers.get('content-type') ?? '', encoding: headers.get('content-encoding') ?? '' }
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
