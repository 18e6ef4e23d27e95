import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createComfyuiClient } from '../../../src/clients/comfyui/comfyui.ts'
import { failure } from '../../support/failure.ts'

const token = 'a-token-nobody-may-see'
const headers = { 'X-Key': 'another secret value' }

/** A client of a server that answers as it likes. */
async function reach(listener: RequestListener, user = '', sent: Record<string, string> = headers) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = new URL(`http://${user}127.0.0.1:${port}`)
  const client = createComfyuiClient({ url, clientId: 'c', ...(user === '' ? { token, headers: sent } : {}) })
  onTestFinished(async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
  })
  return client
}

it.each<[string, number]>([
  ['queue', 32],
  ['history', 32],
  ['objectInfoText', 64],
  ['systemStats', 16],
])('reads no more of an endless %s than a server can mean', async (what, most) => {
  let isOpen = true
  const client = await reach((_, response) => {
    const piece = Buffer.alloc(1 << 20, ' ')
    response.on('close', () => {
      isOpen = false
    })
    const go = () => {
      while (isOpen && response.write(piece));
    }
    response.on('drain', go)
    go()
  })
  const asked = {
    queue: () => client.queue(),
    history: () => client.history('p'),
    objectInfoText: () => client.objectInfoText(),
    systemStats: () => client.systemStats(),
  }[what]!
  const error = await failure(asked)
  expect(error).toMatchObject({
    code: 'PR_COMFY_HTTP',
    message: expect.stringContaining(`answered what it never should: the answer is longer than ${most} MiB`),
  })
  await expect.poll(() => isOpen).toBe(false)
})

const bodies: Array<[string, string]> = [
  ['beginnings of titles', '<title'.repeat(1_000_000)],
  ['titles without an end', `<html>${'<title>'.repeat(1_000_000)}`],
  ['quotes that are escaped', `[${'"\\'.repeat(3_000_000)}`],
  ['a string that has no end', `{"a": NaN, "b": "${'\\"'.repeat(3_000_000)}`],
  ['brackets in brackets', '['.repeat(10_000_000)],
  ['spaces', ' '.repeat(10_000_000)],
]

it.each(bodies)('has soon read %s', async (_, body) => {
  const client = await reach((_request, response) => response.end(body))
  expect(await failure(() => client.queue())).toMatchObject({ code: 'PR_COMFY_HTTP' })
})

it('keeps secrets that a server repeats out of its errors', async () => {
  const client = await reach((request, response) => {
    const location = `/login?was=${encodeURIComponent(request.headers.authorization!)}`
    const status = request.url === '/prompt' ? 302 : request.url === '/queue' ? 200 : 500
    response.writeHead(status, { location }).end(`<title>${JSON.stringify(request.headers)}</title>`)
  })
  for (const ask of [() => client.queueRemaining(), () => client.queue(), () => client.systemStats()]) {
    const { message } = await failure(ask)
    expect(message).toContain('****')
    for (const secret of [token, ...Object.values(headers)]) expect(message).not.toContain(secret)
  }
})

it('keeps a password of the address out of what a server says', async () => {
  const client = await reach((request, response) => {
    const sent = Buffer.from(request.headers.authorization!.slice(6), 'base64').toString()
    response.end(`you are ${sent}, by ${request.headers.authorization}`)
  }, 'me:open-sesame@')
  expect((await failure(() => client.queue())).message).toMatch(/: you are \*{4}, by \*{4}$/)
})

it('keeps secrets out of refusals and failures, whatever part of them repeats one', async () => {
  const told = {
    type: 'value_not_in_list',
    message: `not ${token}`,
    details: token,
    extra_info: { received_value: token },
  }
  const node_errors = { 1: { class_type: `C ${token}`, errors: [told] } }
  const failed = ['execution_error', { exception_type: 'E', exception_message: `no ${token}`, node_id: token }]
  let isFirst = true
  const client = await reach((request, response) => {
    if (request.method === 'GET')
      return void response.end(JSON.stringify({ p: { outputs: {}, status: { messages: [failed] } } }))
    if (isFirst) response.writeHead(400)
    response.end(JSON.stringify({ error: told, prompt_id: 'p', number: 1, node_errors }))
    isFirst = false
  })
  const submit = () => client.submit({ promptId: 'p', graph: {} })
  for (const ask of [submit, submit, () => client.follow('p', () => {})]) {
    const error = await ask().then(
      () => expect.fail('it was expected to fail'),
      ({ message, hint, problems }) => JSON.stringify({ message, hint, problems }),
    )
    expect(error).toContain('****')
    expect(error).not.toContain(token)
  }
})

it('reads names out of an answer as they are, whatever the secrets are', async () => {
  const file = { filename: 'lighthouse.mp4', subfolder: 'output/lighthouse', type: 'output' }
  const listener: RequestListener = (_, response) =>
    response.end(JSON.stringify({ p: { outputs: { 1: { images: [file] } }, status: { status_str: 'success' } } }))
  for (const client of [
    await reach(listener, '', { 'X-Project': 'lighthouse' }),
    await reach(listener, 'me:output@'),
  ]) {
    expect((await client.history('p'))?.files).toEqual({ 1: [file] })
    expect(await client.objectInfoText()).toContain('"subfolder":"output/lighthouse"')
  }
})
