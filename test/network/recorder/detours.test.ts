import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Agent, ProxyAgent, request } from 'undici'
import { expect, it, onTestFinished } from 'vitest'
import { directConnections } from '../../../src/network/recorder/direct-connections.ts'
import { openRawCapture } from '../../../src/network/recorder/raw-capture.ts'
import { installRecorder } from '../../../src/network/recorder/recorder.ts'
import { serveUpstream } from '../../../src/network/recorder/serve-upstream.ts'
import { hostTable } from '../../../src/network/safety/host-table.ts'
import { finishRecording } from '../../../src/recording/finish-recording.ts'
import { readHar } from '../../../src/recording/read-har.ts'
import { recordRedactor } from '../../../src/recording/record-redactor.ts'
import { loopbackCertificate } from '../../support/certificates.ts'

const redactor = recordRedactor({ known: {} })

/** A server that answers with the address that it was asked for. */
async function echo(server: http.Server | https.Server): Promise<URL> {
  server.on('request', ({ url }, response) => response.end(url)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const scheme = server instanceof https.Server ? 'https' : 'http'
  return new URL(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pr-detours-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it('records clients that think they talk through a proxy, by a tunnel and by absolute addresses', async () => {
  const url = await echo(http.createServer())
  const folder = emptyFolder()
  const seen: string[] = []
  {
    await using _recorder = await installRecorder({ folder, redactor, hosts: hostTable(url), ca: null })
    const tunnel = new ProxyAgent({ uri: 'http://proxy.test:3128', proxyTunnel: true })
    seen.push(await (await request(new URL('/tunnel', url), { dispatcher: tunnel })).body.text())
    await tunnel.close()
    const agent = new http.Agent({ proxyEnv: { HTTP_PROXY: 'http://proxy.test:3128' } })
    const [answer] = await once(http.get(new URL('/absolute', url), { agent }), 'response')
    seen.push(await text(answer))
    agent.destroy()
  }
  expect(seen).toEqual(['/tunnel', '/absolute'])
  finishRecording(folder, { facts: {}, edit: (_, body) => body })
  const { entries } = await readHar(join(folder, 'comfyui.har'))
  expect(entries.map(({ url: { href } }) => href)).toEqual([`${url.href}tunnel`, `${url.href}absolute`])
})

it.each([
  ['its authority', loopbackCertificate.cert, '/queue'],
  ['nobody who is trusted', null, /^127\.0\.0\.1:\d+ does not answer: self-signed certificate.*\n$/],
])('stands in front of a server with a certificate of %s', async (_, ca, expected) => {
  const upstream = await echo(https.createServer(loopbackCertificate))
  using watch = openRawCapture({ folder: emptyFolder(), redactor })
  await using served = await serveUpstream({ upstream, open: directConnections(ca), watch, port: 0 })
  const dispatcher = new Agent()
  const { body } = await request(new URL('/queue', served.address), { dispatcher })
  expect(await body.text()).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected))
  await dispatcher.close()
})
