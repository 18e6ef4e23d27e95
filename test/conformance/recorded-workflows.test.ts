import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { comfyuiSimulator } from '../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { type Message, openCaseServer } from './case-server.ts'
import { plainEvents, plainHistory } from './plain-answers.ts'

const path = 'fixtures/conformance-0.29/comfyui.har'

interface HarEntry {
  readonly request: { readonly method: string; readonly url: string; readonly postData?: { readonly text: string } }
  readonly response: { readonly content: { readonly text: string } }
  readonly _webSocketMessages?: ReadonlyArray<{ readonly type: string; readonly opcode: number; readonly data: string }>
}

const { entries } = (JSON.parse(readFileSync(path, 'utf8')) as { log: { entries: HarEntry[] } }).log
const ending = (method: string, end: RegExp) =>
  entries.filter(({ request }) => request.method === method && end.test(request.url))
const sent = ending('POST', /\/prompt$/).map(({ request }) => JSON.parse(request.postData!.text) as { prompt: object })
const histories = ending('GET', /\/history\//).map(
  ({ response }) => Object.values(JSON.parse(response.content.text))[0],
)
const sockets = entries.flatMap(({ _webSocketMessages: frames }) =>
  frames
    ? [
        frames.flatMap(({ type, opcode, data }) =>
          type === 'receive' && opcode === 1 ? [JSON.parse(data) as Message] : [],
        ),
      ]
    : [],
)

/** What was redacted cannot be compared. */
const comparable = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (_, each) =>
    /^\{\{redacted:|^\/comfy\/|^\w+_N\.png$|^lv\/none\.glb$/.test(String(each)) ? 'some' : each,
  )

it('gives for every recorded workflow what the server gave', async () => {
  const knowledge = comfyuiKnowledge((await loadRecording(path)).entries)
  const clock = virtualClock(Date.UTC(2026, 10, 30), 0)
  const server = openCaseServer(comfyuiSimulator({ knowledge, clock, newId: () => crypto.randomUUID() }))
  for (const [index, { prompt }] of sent.entries()) {
    const { status, history, messages } = await server.prompt('c', { prompt })
    expect(status).toBe(200)
    expect(comparable(plainHistory(history))).toEqual(comparable(plainHistory(histories[index])))
    const [actual, expected] = [messages, sockets[index]!].map((each) =>
      plainEvents(each).events.map((event) => comparable(JSON.parse(event))),
    )
    expect(actual!.toSorted(byText)).toEqual(expected!.toSorted(byText))
  }
  expect(sent.length).toBe(8)
})

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
