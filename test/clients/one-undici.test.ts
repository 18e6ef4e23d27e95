import * as undici from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { useOneUndici } from '../../src/clients/one-undici.ts'

it('lends the process the copy of undici that the clients use', () => {
  const own = { Response, Request, Headers, fetch }
  {
    using _lent = useOneUndici()
    expect(Response).toBe(undici.Response)
    expect(new Response('otter') instanceof undici.Response).toBe(true)
  }
  expect({ Response, Request, Headers, fetch }).toEqual(own)
  expect(Response).not.toBe(undici.Response)
})

it('leaves nothing behind of what an older Node has not', () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'CloseEvent')
  onTestFinished(() => {
    if (own) Object.defineProperty(globalThis, 'CloseEvent', own)
  })
  Reflect.deleteProperty(globalThis, 'CloseEvent')
  useOneUndici()[Symbol.dispose]()
  expect('CloseEvent' in globalThis).toBe(false)
})
