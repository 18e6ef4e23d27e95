import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openRawCapture } from '../../../src/network/recorder/raw-capture.ts'
import { finishRecording } from '../../../src/recording/finish-recording.ts'
import { publishRecording } from '../../../src/recording/publish.ts'
import { readHar } from '../../../src/recording/read-har.ts'
import { recordRedactor } from '../../../src/recording/record-redactor.ts'
import { recordedSocket } from '../recorded-socket.ts'

/** So many of half a KiB are more than a HAR holds itself. */
const FRAMES = 20_000
const ticks = (value: number) =>
  JSON.stringify({ type: 'progress', data: { value, max: FRAMES, prompt_id: 'a'.repeat(440), node: '7' } })
const picture = Buffer.alloc(40_000, 'otter')

async function longSocket(folder: string): Promise<void> {
  {
    using capture = openRawCapture({ folder, redactor: recordRedactor({ known: {} }) })
    const socket = recordedSocket(capture)
    for (let frame = 1; frame < FRAMES; frame += 1) socket.send(ticks(frame))
    socket.send(picture)
    socket.close()
  }
  finishRecording(folder, { facts: {}, edit: (_, text) => text })
}

it('keeps the frames of a long socket out of the HAR, and reads them one by one', async () => {
  const home = mkdtempSync(join(tmpdir(), 'pr-long-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const target = join(home, 'mine')
  for (const finished of [join(home, 'first'), join(home, 'again')]) {
    await longSocket(finished)
    publishRecording(finished, target)
  }
  expect(statSync(join(target, 'comfyui.har')).size).toBeLessThan(4000)
  const kinds = readdirSync(join(target, 'bodies')).map((name) => name.split('.')[1])
  expect(kinds.toSorted()).toEqual(['frame', 'jsonl'])

  const [entry] = (await readHar(join(target, 'comfyui.har'))).entries
  let seen = 0
  for (const { from, opcode, data } of entry!.frames!) {
    seen += 1
    if (opcode === 8) expect([from, data()]).toEqual(['client', Buffer.from([3, 232])])
    else if (opcode === 2) expect(picture.equals(data() as Uint8Array)).toBe(true)
    else if (data() !== ticks(seen)) throw new Error(`frame ${seen} is ${String(data())}`)
  }
  expect(seen).toBe(FRAMES + 1)
})
