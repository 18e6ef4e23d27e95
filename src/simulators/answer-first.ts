import { setTimeout } from 'node:timers'

/** Header of an answer that something waits for to have left; the server that sends it takes it off. */
export const ANSWER_FIRST_HEADER = 'x-pr-answer-first'

/**
 * A client has read the answer after so many pauses, also where it lives in this process and needs turns of the event loop
 * rather than time. A real server's thread begins sooner, but runs nodes that take longer.
 */
const PAUSES = 4
const PAUSE_MS = 5

/** An answer that never leaves, as when a fault holds it back, keeps nothing waiting for longer. */
const AT_LATEST_MS = 250

/** By what stands in the header: wrappers around a service make new answers of the old ones, and only headers survive that. */
const waiting = new Map<string, () => void>()
let count = 0

/** Marks an answer that is to reach its client before what `then` sets free. */
export function answerFirst(answer: Response, then: () => void): Response {
  count += 1
  const mark = String(count)
  const free = () => {
    if (waiting.delete(mark)) then()
  }
  waiting.set(mark, free)
  setTimeout(free, AT_LATEST_MS).unref()
  answer.headers.set(ANSWER_FIRST_HEADER, mark)
  return answer
}

/** Takes the mark off an answer: gives what is to be called when it has left; null for any other answer. */
export function takeAnswerFirst(answer: Response): (() => void) | null {
  const mark = answer.headers.get(ANSWER_FIRST_HEADER)
  if (mark === null) return null
  answer.headers.delete(ANSWER_FIRST_HEADER)
  const free = waiting.get(mark)
  return free ? () => pause(PAUSES, free) : null
}

function pause(times: number, then: () => void): void {
  if (times === 0) then()
  else setTimeout(() => pause(times - 1, then), PAUSE_MS).unref()
}
