/** Streams GIGABYTES (default 5) through the recorder from a server of its own, and prints the peak memory of the recording process. */
import { fork } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'
import { installRecorder } from '../../src/network/recorder/recorder.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { finishRecording } from '../../src/recording/finish-recording.ts'
import { recordRedactor } from '../../src/recording/record-redactor.ts'

const size = Number(process.env['GIGABYTES'] ?? 5) * 2 ** 30
const [, , port] = process.argv

if (port === undefined) serve()
else await measure(new URL(`http://127.0.0.1:${port}`))

function serve(): void {
  const piece = Buffer.alloc(1024 * 1024, 'film')
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': size })
    let left = size
    const more = () => {
      for (let go = true; go && left > 0; left -= piece.length) go = response.write(piece)
      if (left <= 0) response.end()
    }
    response.on('drain', more)
    more()
  })
  server.listen(0, '127.0.0.1', () => {
    const child = fork(fileURLToPath(import.meta.url), [String((server.address() as AddressInfo).port)])
    child.on('exit', () => server.close())
  })
}

async function measure(url: URL): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-bench-'))
  const started = performance.now()
  {
    await using _recorder = await installRecorder({
      folder,
      redactor: recordRedactor({ known: {} }),
      hosts: hostTable(url),
      ca: null,
    })
    const { body } = await request(new URL('/view?filename=film.mp4', url))
    for await (const _chunk of body);
  }
  finishRecording(folder, { facts: {}, edit: (_, text) => text })
  const seconds = (performance.now() - started) / 1000
  const kept = readdirSync(join(folder, 'bodies')).map((name) => statSync(join(folder, 'bodies', name)).size)
  rmSync(folder, { recursive: true })
  const peak = process.resourceUsage().maxRSS / 1024
  process.stdout.write(`${size} bytes in ${seconds.toFixed(1)} s, kept ${kept}, peak ${peak.toFixed(0)} MB\n`)
}
