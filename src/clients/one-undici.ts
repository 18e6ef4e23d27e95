import { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response } from 'undici'

const ours = { CloseEvent, FormData, fetch, Headers, MessageEvent, Request, Response }

/**
 * Makes the clients' copy of undici that of the process, until it is disposed. Node's own fetch is a second copy, which Node loads
 * at the first mention of a Response; so this comes before whatever mentions one.
 */
export function useOneUndici(): Disposable {
  // Read as properties, the originals would be loaded.
  const originals = Object.keys(ours).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const)
  for (const [name, value] of Object.entries(ours)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  }
  return {
    [Symbol.dispose]() {
      for (const [name, original] of originals) {
        // Node 22 has no CloseEvent.
        if (original) Object.defineProperty(globalThis, name, original)
        else Reflect.deleteProperty(globalThis, name)
      }
    },
  }
}
