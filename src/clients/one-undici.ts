import { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response } from 'undici'

/**
 * Imported for its side effect, before any module that mentions `Response`. Node's own fetch is a second copy of
 * undici, which Node loads at the first mention; this puts the copy of the clients in its place, live and rehearsed
 * alike.
 */
Object.assign(globalThis, { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response })
