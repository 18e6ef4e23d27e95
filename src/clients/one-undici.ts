import { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response } from 'undici'

/**
 * For its side effect, before anything that mentions a Response: Node's fetch is another copy of undici, which it would load at
 * the first mention, and of which a rehearsal would use some classes beside the clients' own.
 */
Object.assign(globalThis, { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response })
