import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../../../src/recording/comfyui-knowledge.ts'
import { membersOf } from '../../../src/recording/exact-json.ts'
import { loadRecording } from '../../../src/recording/load-recording.ts'
import { type ComfyuiSimulator, comfyuiSimulator } from '../../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../../src/simulators/virtual-clock.ts'
import { expectLegal, mutatedBody, mutationsOf, objectInfo } from '../../support/prompt-mutations.ts'
import { fc } from '../../support/seeded.ts'
import { knowledge, ORIGIN } from './reach-simulator.ts'

const ROUNDS = 10_000
/** A server's history and files grow with every prompt; a fresh one keeps the rounds alike. */
const PROMPTS_OF_A_SERVER = 50
/** Turns of the event loop after which a prompt counts as hanging; the longest take some hundred. */
const MANY_TURNS = 20_000

function freshServer(knowledge: ComfyuiKnowledge): ComfyuiSimulator {
  let made = 0
  const newId = () => `id-${++made}`
  return comfyuiSimulator({ knowledge, clock: virtualClock(0, 0), newId })
}

const of064 = { ...knowledge, nodeClasses: membersOf(objectInfo)! }
const of029 = comfyuiKnowledge((await loadRecording('fixtures/conformance-0.29/comfyui.har')).entries)

/** Prompts of every kind, those that the server refuses among them. */
const bodiesOf029 = readFileSync('fixtures/conformance-0.29/cases.jsonl', 'utf8')
  .trim()
  .split('\n')
  .map((line) => (JSON.parse(line) as { request: { prompt?: object } }).request.prompt)
  .flatMap((prompt) => (prompt ? [JSON.stringify({ prompt })] : []))

/** Until nothing waits or runs, or the worker died as a real server's dies of poison (a node without inputs that nothing reaches, for example). */
async function settled(server: ComfyuiSimulator): Promise<boolean> {
  for (let turn = 0; turn < MANY_TURNS; turn += 1) {
    const { remaining, wedged } = server.report()
    if (remaining === 0 || wedged !== null) return true
    await setImmediate()
  }
  return false
}

it.each([
  ['0.3.64', ROUNDS, of064, mutatedBody],
  ['0.29.0', 500, of029, mutationsOf(bodiesOf029)],
] as const)(
  'never crashes, hangs or answers what no %s would, in %i mutated graphs',
  async (_, numRuns, of, bodies) => {
    let server = freshServer(of)
    let prompts = 0
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        prompts += 1
        if (prompts % PROMPTS_OF_A_SERVER === 0 || server.report().wedged !== null) server = freshServer(of)
        const answer = await server.http(new Request(`${ORIGIN}/prompt`, { method: 'POST', body }))
        const contentType = answer.headers.get('content-type') ?? ''
        expectLegal({ status: answer.status, contentType, body: await answer.text() })
        expect(await settled(server)).toBe(true)
        const history = await server.http(new Request(`${ORIGIN}/history`))
        expect(history.status).toBe(200)
      }),
      { numRuns },
    )
  },
)
