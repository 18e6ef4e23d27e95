import type { Submission, SubmitRequest } from '../clients.ts'
import { withoutSecrets } from '../http/hide-secrets.ts'
import type { Http } from '../http/http.ts'
import { accepted, parsePythonJson } from './answers.ts'
import { partialRejection, rejection } from './rejection.ts'

interface Submit {
  readonly http: Http
  readonly clientId: string
  /** Makes a prompt that was accepted not run. */
  takeBack(promptId: string): Promise<void>
}

/**
 * `POST /prompt`, once: whether a request whose answer was lost has been accepted can only be told by looking for its id.
 * Throws PR_COMFY_REJECTED for a 400 and for a 200 with `node_errors`.
 */
export async function submitPrompt(
  { http, clientId, takeBack }: Submit,
  { promptId, graph, extraData }: SubmitRequest,
  signal?: AbortSignal,
): Promise<Submission> {
  const asked = `POST ${http.url('/prompt').href}`
  const json = { prompt_id: promptId, prompt: graph, client_id: clientId, extra_data: extraData }
  const answer = await http.request('/prompt', { method: 'POST', json, allow: [400], signal })
  const body = await answer.text()
  if (answer.status === 400) {
    const refused = rejection(asked, graph, parseOrNull(body))
    throw refused ? withoutSecrets(refused, http.hide) : answer.unexpected(body)
  }
  const submission = accepted(parseOrNull(body))
  if (submission === null) throw answer.foreign(body)
  const partial = partialRejection(asked, graph, submission.nodeErrors)
  if (partial) {
    // The refusal is what has to be told, also when the prompt cannot be taken back.
    await takeBack(submission.promptId).catch(() => {})
    throw withoutSecrets(partial, http.hide)
  }
  return { promptId: submission.promptId }
}

function parseOrNull(body: string): unknown {
  try {
    return parsePythonJson(body)
  } catch {
    return null
  }
}
