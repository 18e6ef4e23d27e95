import { createServer } from 'node:http'
import { type AddressInfo, connect, Socket } from 'node:net'
import { Agent, request } from 'undici'
import { expect, it } from 'vitest'
import { COMFYUI, echoNetwork } from './network.ts'

const nothing = {
  own: [],
  realConnections: 0,
  refused: [],
  unmatched: [],
  requests: {},
  provenance: { recorded: 0, derived: 0, synthetic: 0, unknown: 0, fault: 0 },
}

it('reports nothing while nothing happens', async () => {
  await using network = await echoNetwork()
  expect(network.report()).toEqual(nothing)
  expect(network.problems()).toEqual([])
})

it('counts requests by service and answers by where they came from, and takes the marks off', async () => {
  await using network = await echoNetwork()
  const { headers, body } = await request(`${COMFYUI}/where`)
  await body.dump()
  await (await request('https://storage.googleapis.com/echo', { method: 'POST', body: 'x' })).body.dump()
  expect(Object.keys(headers).filter((name) => name.startsWith('x-pr'))).toEqual([])
  expect(network.report()).toEqual({
    ...nothing,
    requests: { comfyui: 1, gcs: 1 },
    provenance: { ...nothing.provenance, recorded: 1, unknown: 1 },
  })
  expect(network.problems()).toEqual([])
})

it('remembers a refused host although the caller swallowed the error', async () => {
  await using network = await echoNetwork()
  await request('https://telemetry.test/collect').catch(() => {})
  expect(network.problems().map(({ code, exitCode, message, hint }) => ({ code, exitCode, message, hint }))).toEqual([
    {
      code: 'PR_EGRESS',
      exitCode: 5,
      message: 'the dry run tried to connect to telemetry.test:443, which was refused; nothing left the machine',
      hint:
        'simulated are: comfyui.test:8188, storage.googleapis.com, *.storage.googleapis.com, oauth2.googleapis.com, ' +
        'www.googleapis.com, metadata.google.internal, 169.254.169.254, api.runpod.io; check the address in the settings and in the environment',
    },
  ])
})

it.each([
  ['/broken', 'Error: a defect of the simulator'],
  ['/unsendable', 'TypeError [ERR_INVALID_CHAR]: Invalid character in header content ["x-otter"]'],
])('remembers a simulator that failed at %s, although the client has an answer', async (path, error) => {
  await using network = await echoNetwork()
  const { statusCode, body } = await request(`${COMFYUI}${path}?token=otter`)
  await body.dump()
  expect(statusCode).toBe(500)
  const [problem, ...more] = network.problems()
  expect(more).toEqual([])
  expect(problem).toMatchObject({
    code: 'PR_UNMATCHED_REQUEST',
    exitCode: 3,
    message: `GET ${COMFYUI}${path}?token={{secret:token}}: the simulation of comfyui failed at this request: ${error}`,
    hint: 'this is a bug in prompt-runner, so what followed proves nothing',
  })
})

it('remembers a request that nothing answers, without its secrets', async () => {
  await using network = await echoNetwork()
  const { statusCode, headers, body } = await request(`${COMFYUI}/teapot?api_key=hunter2`)
  await body.dump()
  expect([statusCode, headers['x-pr-unmatched']]).toEqual([501, undefined])
  expect(network.problems().map(({ code, exitCode, message, hint }) => ({ code, exitCode, message, hint }))).toEqual([
    {
      code: 'PR_UNMATCHED_REQUEST',
      exitCode: 3,
      message: `GET ${COMFYUI}/teapot?api_key={{secret:api_key}}: the simulation has no answer to this request`,
      hint: 'never recorded; the nearest thing known is GET /where; `pr serve --port 8189 --record-to recordings/mine` takes what a live server answers to it into a recording of your own',
    },
  ])
})

it('refuses a request that names another host over a known connection', async () => {
  await using network = await echoNetwork()
  const { statusCode, body } = await request(`${COMFYUI}/where`, { headers: { host: 'unknown.test' } })
  expect([statusCode, await body.text()]).toEqual([502, 'nothing is simulated at unknown.test\n'])
  expect(network.report().refused).toEqual([{ kind: 'host', target: 'unknown.test' }])
})

it('counts a connection that gets past the interceptor, and stops it', async () => {
  const outside = createServer((_request, response) => response.end('outside')).listen(0, '127.0.0.1')
  await new Promise((listening) => outside.once('listening', listening))
  const { port } = outside.address() as AddressInfo
  {
    await using network = await echoNetwork()
    const error = await new Promise<Error>((resolve) => leak(() => connect(port, '127.0.0.1').on('error', resolve)))
    expect(error.message).toMatch(`connect ECONNREFUSED 127.0.0.1:${port}`)
    expect(network.report().realConnections).toBe(1)
    expect(network.problems().map(({ code }) => code)).toEqual(['PR_EGRESS'])
  }
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('outside')
  outside.close()
})

it('stops before anything is sent when the test request is not answered by the simulation', async () => {
  const real = Socket.prototype.connect
  Socket.prototype.connect = function (this: Socket) {
    process.nextTick(() => this.destroy(new Error('someone else was here first')))
    return this
  } as typeof real
  try {
    await expect(echoNetwork()).rejects.toMatchObject({
      code: 'PR_EGRESS',
      message: 'a test request to canary.prompt-runner.invalid was not answered by the simulated network',
    })
  } finally {
    Socket.prototype.connect = real
  }
})

it('closes the connections of the simulation when it goes', async () => {
  const agent = new Agent({ keepAliveTimeout: 60_000 })
  for (const _round of [1, 2]) {
    await using network = await echoNetwork()
    await (await request(`${COMFYUI}/where`, { dispatcher: agent })).body.dump()
    expect(network.report().requests).toEqual({ comfyui: 1 })
  }
})

it('gives the process its own network back', async () => {
  const before = Socket.prototype.connect
  const network = await echoNetwork()
  expect(Socket.prototype.connect).not.toBe(before)
  await network[Symbol.asyncDispose]()
  expect(Socket.prototype.connect).toBe(before)
})

/** Runs `open` as MSW runs connections of its own, which every interceptor lets pass. */
function leak(open: () => void): void {
  const context = Reflect.get(globalThis, '__MSW_INTERNAL_CONNECTION_CONTEXT') as { run(callback: () => void): void }
  context.run(open)
}

it('is one for the whole process', async () => {
  await using network = await echoNetwork()
  await expect(echoNetwork()).rejects.toThrow('this process has a simulated network already')
  await (await request(`${COMFYUI}/where`)).body.dump()
  expect(network.report().requests).toEqual({ comfyui: 1 })
  await network[Symbol.asyncDispose]()
  await using next = await echoNetwork()
  expect(next.problems()).toEqual([])
})
