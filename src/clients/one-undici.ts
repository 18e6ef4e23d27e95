import { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response } from 'undici'

/**
 * For its side effect, before anything that mentions a Response: Node's own fetch is a second copy of undici, which Node loads at
 * the first mention. A run, live or rehearsed, uses the copy that the clients bring.
 */
Object.assign(globalThis, { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response })
