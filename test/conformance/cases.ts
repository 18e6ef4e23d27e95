import { comfyuiKnowledge } from '../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { comfyuiSimulator } from '../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { BEFORE } from './before-cases.ts'
import { openCaseServer, type Step } from './case-server.ts'
import { plainAnswer, plainEvents, plainHistory } from './plain-answers.ts'
import type { CaseResult } from './suite.ts'

interface Case {
  readonly id: string
  readonly category: string
  readonly request: {
    readonly prompt?: unknown
    readonly flags?: unknown
    readonly extra?: object
    readonly steps?: Step[]
  } & Step
  readonly live: Readonly<Record<string, unknown>>
}

/** Requests to one server, a line each, in the order in which a live server got them; what it answered is compared. */
export async function openCases(recording: string): Promise<(line: string) => Promise<CaseResult>> {
  const knowledge = comfyuiKnowledge((await loadRecording(recording)).entries)
  const clock = virtualClock(Date.UTC(2026, 10, 30), 0)
  const server = openCaseServer(comfyuiSimulator({ knowledge, clock, newId: () => crypto.randomUUID() }))
  return async (line) => {
    const { id, category, request, live } = JSON.parse(line) as Case
    const before = BEFORE[id]
    if (before) await server.prompt('before', { prompt: before })
    const got = request.prompt
      ? await answered(server, id, request)
      : { steps: await Promise.all((request.steps ?? [request]).map(server.step)) }
    const members = [...new Set([...Object.keys(live), ...Object.keys(got)])]
    return {
      id,
      category,
      differences: members.flatMap((member) => {
        const [expected, actual] = [live[member], (got as Record<string, unknown>)[member]].map((value) =>
          JSON.stringify(value),
        )
        return expected === actual ? [] : [`${member}:\n  expected ${expected}\n  actual   ${actual}`]
      }),
    }
  }
}

/** In the form of the cases: without stamps, ids and counters, and what has no order in an order. */
async function answered(
  server: ReturnType<typeof openCaseServer>,
  id: string,
  { prompt, flags, extra }: Case['request'],
): Promise<Record<string, unknown>> {
  const { status, body, history, messages } = await server.prompt(`c-${id}`, { prompt, flags, extra })
  const answer = { status, body: plainAnswer(body) }
  if (status !== 200) return answer
  return {
    ...answer,
    timedout: false,
    history: plainHistory(history),
    ...(flags !== undefined && { flags: messages.filter(({ type }) => type === 'feature_flags') }),
    ...plainEvents(messages),
  }
}
