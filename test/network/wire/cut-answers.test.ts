import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createCapture } from '../../../src/network/capture/capture.ts'
import { serveNetwork } from '../../../src/network/wire/serve.ts'
import { cutBody } from '../../../src/recording/cut-body.ts'
import { CUT_HEADER, type SimulatedService } from '../../../src/simulators/simulator.ts'

/** A film and a text that break off after what is in the address. */
const service: SimulatedService = {
  name: 'comfyui',
  async http({ url }) {
    const { pathname, searchParams } = new URL(url)
    const headers = { 'content-type': pathname.slice(1), 'content-length': '50', [CUT_HEADER]: 'gone' }
    return new Response(cutBody(Uint8Array.from(Buffer.from(searchParams.get('of') ?? '')), 'gone'), { headers })
  },
}

it.each(['video/mp4', 'text/plain'])('breaks the connection where an answer of %s breaks off', async (type) => {
  const folder = mkdtempSync(join(tmpdir(), 'pr-cut-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const capture = createCapture({ folder, clock: { now: () => 0 } })
  const seen: string[] = []
  for (const each of [service, capture.wrap(service)]) {
    await using served = await serveNetwork({ services: [each], port: 0 })
    for (const of of ['otter', '']) seen.push(await rawAnswer(served.addresses.comfyui!, `/${type}?of=${of}`))
  }
  capture.close()
  const head = `HTTP/1.1 200 OK\ncontent-length: 50\ncontent-type: ${type}\n\n`
  expect(seen).toEqual([`${head}otter`, head, `${head}otter`, head])
  const { entries } = JSON.parse(readFileSync(join(folder, 'traffic.har'), 'utf8')).log
  expect(entries.map(({ response }: { response: object }) => response)).toMatchObject([
    { status: 200, bodySize: 5, _error: 'Error: gone' },
    { status: 200, bodySize: 0, _error: 'Error: gone' },
  ])
})

/** Without what the server says about the connection. */
function rawAnswer({ port, hostname }: URL, path: string): Promise<string> {
  const socket = connect({ port: Number(port), host: hostname })
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  let seen = ''
  socket.on('data', (chunk) => {
    seen += chunk
  })
  return new Promise((resolve) => {
    socket.on('close', () =>
      resolve(seen.replaceAll('\r', '').replaceAll(/^(?:date|connection|keep-alive):.*\n/gim, '')),
    )
  })
}
