import { expect, it, onTestFinished } from 'vitest'
import type { Reached } from './gcs.ts'

/** Every way of reaching the RunPod simulator, with any pod existing and RUNNING, must pass the same contract. */
export function runpodContract(name: string, reach: () => Promise<Reached>): void {
  it(`${name}: answers the pod under the id that was asked for`, async () => {
    const { pod } = await account(reach)
    expect(await pod('GET', '/v2/pods/abc')).toMatchObject({
      status: 200,
      type: 'application/json',
      body: { id: 'abc', status: 'RUNNING', actions: ['stop', 'restart', 'terminate'], cost: 0.44, locked: false },
    })
  })

  it(`${name}: stops a pod, which then costs nothing and can be started`, async () => {
    const { pod } = await account(reach)
    expect(await pod('POST', '/v2/pods/abc/action', { action: 'stop' })).toMatchObject({
      status: 200,
      body: { status: 'EXITED', actions: ['start', 'terminate'], cost: 0, runtime: null },
    })
    expect(await pod('POST', '/v2/pods/abc/action', { action: 'stop' })).toEqual({
      status: 409,
      type: 'application/problem+json',
      body: { title: 'Conflict', status: 409, detail: 'action stop refused: it is not valid for status EXITED' },
    })
    expect(await pod('POST', '/v2/pods/abc/action', { action: 'start' })).toMatchObject({
      status: 200,
      body: { status: 'PROVISIONING', actions: ['stop', 'terminate'], runtime: null },
    })
  })

  it(`${name}: terminates a pod without a body`, async () => {
    const { pod } = await account(reach)
    expect(await pod('POST', '/v2/pods/abc/action', { action: 'terminate' })).toMatchObject({ status: 204, body: null })
    expect(await pod('GET', '/v2/pods/abc')).toMatchObject({
      status: 200,
      body: { status: 'TERMINATED', actions: [], cost: 0 },
    })
  })

  it.each([
    [{ action: 'pause' }, "$.action: value must be one of 'start', 'stop', 'restart', 'terminate'"],
    [{ action: 'stop', bogus: 1 }, "$: additional properties 'bogus' not allowed"],
    [{}, "$: missing property 'action'"],
    [[], '$: got array, want object'],
    [{ action: 5 }, '$.action: got number, want string'],
  ])(`${name}: wants an action that exists, not %j`, async (body, error) => {
    const { pod } = await account(reach)
    expect(await pod('POST', '/v2/pods/abc/action', body)).toEqual({
      status: 422,
      type: 'application/problem+json',
      body: { title: 'Unprocessable Entity', status: 422, detail: 'Request validation failed.', errors: [error] },
    })
  })

  it.each(['', '{bad'])(`${name}: cannot process %j for an action`, async (body) => {
    const { send, origin } = await account(reach)
    const response = await send(
      new Request(`${origin}/v2/pods/abc/action`, { method: 'POST', headers: { authorization: 'Bearer k' }, body }),
    )
    expect([response.status, response.headers.get('content-type'), await response.json()]).toEqual([
      400,
      'application/problem+json',
      { title: 'Bad Request', status: 400, detail: 'request could not be processed' },
    ])
  })

  it(`${name}: tells its limits to whoever has a key, and turns others away`, async () => {
    const { send, origin } = await account(reach)
    const response = await send(new Request(`${origin}/v2/catalog/gpus`, { headers: { authorization: 'Bearer k' } }))
    expect(response.headers.get('ratelimit')).toMatch(/^"minute";r=59;t=\d+, "hour";r=2999;t=\d+, "day";r=49999;t=\d+$/)
    expect(response.headers.get('ratelimit-policy')).toBe(
      '"minute";q=60;w=60, "hour";q=3000;w=3600, "day";q=50000;w=86400',
    )
    expect(await response.json()).toMatchObject({ gpus: [{ id: 'NVIDIA GeForce RTX 4090', price: { secure: 0.44 } }] })
    const stranger = await send(new Request(`${origin}/v2/pods/abc`))
    expect([stranger.status, await stranger.json(), stranger.headers.get('ratelimit')]).toEqual([
      401,
      { title: 'Unauthorized', status: 401, detail: 'missing bearer token' },
      null,
    ])
  })

  it(`${name}: answers 501 to a route that it does not know`, async () => {
    const { send, origin } = await account(reach)
    const response = await send(new Request(`${origin}/v1/pods/abc`, { headers: { authorization: 'Bearer k' } }))
    expect(response.status).toBe(501)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })
}

async function account(reach: () => Promise<Reached>) {
  const service = await reach()
  onTestFinished(() => service.close())
  const pod = async (method: string, path: string, body?: object) => {
    const response = await service.send(
      new Request(service.origin + path, {
        method,
        headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
    const text = await response.text()
    const type = response.headers.get('content-type')
    return { status: response.status, type, body: text === '' ? null : JSON.parse(text) }
  }
  return { ...service, pod }
}
