import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { createCapture } from '../../../src/network/capture/capture.ts'
import { openRawCapture } from '../../../src/network/recorder/raw-capture.ts'
import { finishRecording } from '../../../src/recording/finish-recording.ts'
import { recordRedactor } from '../../../src/recording/record-redactor.ts'
import { refuseSecrets } from '../../../src/recording/secret-scan.ts'
import type { SimulatedService, SocketEnd } from '../../../src/simulators/simulator.ts'
import { plantings, type Sent } from '../../support/secret-places.ts'
import { seed } from '../../support/seeded.ts'

const folders = {
  'a recording': async (folder: string, send: (wrap: Wrap) => Promise<void>) => {
    {
      using capture = openRawCapture({ folder, redactor: recordRedactor({ known: {} }) })
      await send(capture.wrap)
    }
    finishRecording(folder, { facts: {}, edit: (_, text) => text })
    refuseSecrets(folder, {})
  },
  'a run folder': async (folder: string, send: (wrap: Wrap) => Promise<void>) => {
    const capture = createCapture({ folder, clock: { now: () => 0 } })
    await send(capture.wrap)
    capture.close()
  },
}

it.each(Object.entries(folders))('lets none of 5,000 secrets into %s, whatever tells of them', async (_, keep) => {
  const folder = mkdtempSync(join(tmpdir(), 'pr-planted-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const planted = plantings(5_000)
  await keep(folder, async (wrap) => {
    for (const { sent } of planted) await pass(wrap, sent)
  })
  const seen = runsIn(folder)
  const survivors = planted.flatMap(({ place, secrets }) =>
    secrets.filter(({ core }) => seen.includes(core)).map(({ text }) => `${place}: ${text}`),
  )
  expect(survivors, `PR_SEED=${seed}`).toEqual([])
})

type Wrap = (service: SimulatedService) => SimulatedService

async function pass(
  wrap: Wrap,
  { path = '/x', headers = {}, body, answer, frames, ping, reason }: Sent,
): Promise<void> {
  let server: SocketEnd | null = null
  const service = wrap({
    name: 'comfyui',
    async http(request) {
      await request.arrayBuffer()
      return new Response((answer?.body ?? 'ok') as string, { headers: answer?.headers ?? {} })
    },
    upgrade: () => (end) => {
      server = end
    },
  })
  const url = `http://server${path}`
  if (!frames && !ping && reason === undefined) {
    const init = body === undefined ? {} : { method: 'POST', body: body as string }
    await (await service.http(new Request(url, { ...init, headers }))).arrayBuffer()
    return
  }
  let pinged = (_: Uint8Array) => {}
  let closed = (_code: number, _reason: string) => {}
  const client: SocketEnd = {
    send: () => {},
    close: () => {},
    onMessage: () => {},
    onPing: (listener) => {
      pinged = listener
    },
    onClose: (listener) => {
      closed = listener
    },
  }
  const accept = service.upgrade!(new Request('http://server/ws?clientId=1'))
  if (typeof accept === 'function') accept(client)
  for (const data of frames ?? []) (server as SocketEnd | null)?.send(data)
  if (ping) pinged(ping)
  closed(1000, reason ?? '')
}

/** All long runs of letters and digits in the files, as they stand, and decoded from base64 and escapes. */
function runsIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  const texts = files.map((item) => readFileSync(join(item.parentPath, item.name), 'latin1'))
  const encoded = texts.flatMap((text) => text.match(/[A-Za-z\d+/_-]{12,}={0,2}/g) ?? [])
  const decoded = encoded.map((run) => Buffer.from(run, 'base64').toString('latin1'))
  const unescaped = texts.map((text) =>
    text.replaceAll(/\\+u([\da-f]{4})|%([\da-f]{2})/gi, (_, long, short) =>
      String.fromCharCode(Number.parseInt(long ?? short, 16)),
    ),
  )
  return [...texts, ...decoded, ...unescaped].flatMap((text) => text.match(/[A-Za-z\d]{8,}/g) ?? []).join(' ')
}
