import * as undici from 'undici'
import { expect, it } from 'vitest'
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
