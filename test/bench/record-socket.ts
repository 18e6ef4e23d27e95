/** Sends FRAMES (default 2,000,000: a day) over one socket through the recorder, publishes and reads the recording, and prints the peak memory. */
import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WebSocket, WebSocketServer } from 'ws'
import { installRecorder } from '../../src/network/recorder/recorder.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { runsOf } from '../../src/recording/comfyui-runs.ts'
import { finishRecording } from '../../src/recording/finish-recording.ts'
import { publishRecording } from '../../src/recording/publish.ts'
import { readHar } from '../../src/recording/read-har.ts'
import { recordRedactor } from '../../src/recording/record-redactor.ts'
import { refuseSecrets } from '../../src/recording/secret-scan.ts'

const count = Number(process.env['FRAMES'] ?? 2_000_000)
const [, , port] = process.argv

if (port === undefined) serve()
else await measure(new URL(`http://127.0.0.1:${port}`))

function serve(): void {
  const server = createServer()
  new WebSocketServer({ server }).on('connection', (socket) => {
    let sent = 0
    const more = () => {
      while (sent < count && socket.bufferedAmount < 1_000_000) {
        sent += 1
        const data = { value: sent % 20, max: 20, prompt_id: '0b54f6de-3a43-4c1e-9d60-64d1c9a3a3a5', node: '7' }
        socket.send(sent % 100 === 0 ? Buffer.alloc(20_000, sent) : JSON.stringify({ type: 'progress', data }))
      }
      if (sent < count) setTimeout(more)
      else socket.close()
    }
    more()
  })
  server.listen(0, '127.0.0.1', () => {
    const child = fork(fileURLToPath(import.meta.url), [String((server.address() as AddressInfo).port)])
    child.on('exit', () => server.close())
  })
}

async function measure(url: URL): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'pr-bench-'))
  const [finished, target] = [join(home, 'finished'), join(home, 'mine')] as const
  const started = performance.now()
  const secrets = { A_TOKEN: 'a-secret-that-is-not-there', OTHER_TOKEN: 'nor-is-this-one' }
  {
    const redactor = recordRedactor({ known: secrets })
    await using _recorder = await installRecorder({ folder: finished, redactor, hosts: hostTable(url), ca: null })
    const socket = new WebSocket(new URL('/ws?clientId=1', url))
    await new Promise((closed) => socket.once('close', closed))
  }
  finishRecording(finished, { facts: {}, edit: (_, text) => text })
  refuseSecrets(finished, secrets)
  publishRecording(finished, target)
  const { entries } = await readHar(join(target, 'comfyui.har'))
  const frames = Iterator.from(entries[0]!.frames!).reduce((sum) => sum + 1, 0)
  const runs = runsOf(entries).length
  const seconds = (performance.now() - started) / 1000
  const kept = readdirSync(join(target, 'bodies')).map((name) => statSync(join(target, 'bodies', name)).size)
  rmSync(home, { recursive: true })
  const peak = process.resourceUsage().maxRSS / 1024
  process.stdout.write(
    `${frames} frames, ${runs} runs in ${seconds.toFixed(1)} s, kept ${kept}, peak ${peak.toFixed(0)} MB\n`,
  )
}
