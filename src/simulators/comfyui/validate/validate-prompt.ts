import { pyBool, pyFloat } from '../python/convert.ts'
import { dumpJson, pyStr } from '../python/format.ts'
import { pyContains, pyItem } from '../python/operators.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import { replaceNodes } from '../schema/node-replacements.ts'
import { checkPrompt, type PromptFacts } from './check-prompt.ts'
import { nodeError } from './node-error.ts'

/** What POST /prompt needs of the server besides its classes and files. */
export interface PromptServer extends PromptFacts {
  /** The prompt counter before this request. */
  readonly counter: bigint
  /** Makes the id of a prompt that came without one. */
  readonly newId: () => string
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** A prompt as the queue holds it; `GET /queue` shows the five values as an array, in this order. */
export interface QueueItem {
  /** An int from the counter, a float when the client gave it. */
  readonly number: bigint | number
  readonly promptId: string
  /** The graph after the in-place conversions. */
  readonly prompt: Py
  readonly extraData: Py
  readonly outputs: Py[]
  /** What belongs to the extra data and is shown to nobody. */
  readonly secrets?: PyDict
}

export interface PromptAnswer {
  readonly status: 200 | 400 | 500
  readonly contentType: string
  readonly body: string
  /** The prompt counter after this request. */
  readonly counter: bigint
  /** What to put in the queue; only on 200. */
  readonly item?: QueueItem
}

const JSON_TYPE = 'application/json; charset=utf-8'
const TEXT_TYPE = 'text/plain; charset=utf-8'
/** aiohttp's answer to an exception that a route lets out. */
const INTERNAL_ERROR = '500 Internal Server Error\n\nServer got itself in trouble'

/**
 * Answers `POST /prompt` as ComfyUI does (server.py, post_prompt). `body` is the request's text. Never throws for
 * anything a client can send. The caller keeps the counter and queues the item.
 */
export function validatePrompt(body: string, server: PromptServer): PromptAnswer {
  const request = new PromptRequest(server)
  try {
    return request.answer(parseJson(body))
  } catch (error) {
    if (!(error instanceof PythonError)) throw error
    return { status: 500, contentType: TEXT_TYPE, body: INTERNAL_ERROR, counter: request.counter }
  }
}

class PromptRequest {
  /** Moves on as soon as the number is taken, whatever becomes of the prompt. */
  counter: bigint
  private readonly server: PromptServer

  constructor(server: PromptServer) {
    this.server = server
    this.counter = server.counter
  }

  answer(data: Py): PromptAnswer {
    const number = this.takeNumber(data)
    if (!pyContains(data, 'prompt')) {
      const message = 'No prompt provided'
      return this.json(
        400,
        dict({ error: nodeError('no_prompt', message, message, new Map()), node_errors: new Map() }),
      )
    }
    const prompt = pyItem(data, 'prompt')
    const promptId = this.idOf(data)
    if (promptId === null) return this.json(400, dict({ error: invalidPromptId(), node_errors: new Map() }))
    const targets = pyContains(data, 'partial_execution_targets') ? pyItem(data, 'partial_execution_targets') : null
    const { replacements, findClass } = this.server
    if (replacements) replaceNodes(prompt, replacements, (name) => findClass(name) !== undefined)
    const { outputs, nodeErrors, error } = checkPrompt(prompt, targets, this.server)
    const extraData = extraDataOf(data)
    const { rules, now } = this.server
    const secrets = !error && rules.hiddenTokens ? takeTokens(extraData) : new Map()
    if (!error && rules.createTime) stampCreation(extraData, now())
    if (error) return this.json(400, dict({ error, node_errors: nodeErrors }))
    return {
      ...this.json(200, dict({ prompt_id: promptId, number, node_errors: nodeErrors })),
      item: { number, promptId, prompt, extraData, outputs, ...(secrets.size > 0 && { secrets }) },
    }
  }

  /** null for an id that the server does not take. */
  private idOf(data: Py): string | null {
    const given = pyContains(data, 'prompt_id') ? pyItem(data, 'prompt_id') : undefined
    if (!this.server.rules.uuidPromptIds) return given === undefined ? this.server.newId() : pyStr(given)
    if (given === undefined || given === null) return this.server.newId()
    return typeof given === 'string' && CANONICAL_UUID.test(given) ? given : null
  }

  private takeNumber(data: Py): bigint | number {
    if (pyContains(data, 'number')) return pyFloat(pyItem(data, 'number'))
    const front = pyContains(data, 'front') && pyBool(pyItem(data, 'front'))
    const number = front ? -this.counter : this.counter
    this.counter += 1n
    return number
  }

  private json(status: 200 | 400, body: PyDict): PromptAnswer {
    return { status, contentType: JSON_TYPE, body: dumpJson(body), counter: this.counter }
  }
}

const CANONICAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function invalidPromptId(): PyDict {
  const details =
    'prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one'
  return nodeError('invalid_prompt_id', 'prompt_id must be a valid UUID', details, new Map())
}

/** Members of the extra data that are a client's own secrets. */
export const TOKENS = ['auth_token_comfy_org', 'api_key_comfy_org']

function takeTokens(extraData: Py): PyDict {
  const taken: PyDict = new Map()
  for (const key of TOKENS) {
    if (!pyContains(extraData, key) || !isDict(extraData)) continue
    taken.set(key, extraData.get(key) ?? null)
    extraData.delete(key)
  }
  return taken
}

/** Throws what Python raises where the client's extra data is no dict. */
function stampCreation(extraData: Py, now: number): void {
  if (!isDict(extraData)) throw new PythonError('TypeError', 'extra_data does not support item assignment')
  extraData.set('create_time', BigInt(now))
}

/** The client's extra data, with `client_id` written into it. */
function extraDataOf(data: Py): Py {
  const extra = pyContains(data, 'extra_data') ? pyItem(data, 'extra_data') : new Map()
  if (!pyContains(data, 'client_id')) return extra
  if (!isDict(extra)) throw new PythonError('TypeError', 'extra_data does not support item assignment')
  return extra.set('client_id', pyItem(data, 'client_id'))
}
