import { dict, isDict, type Py, type PyDict } from '../../simulators/comfyui/python/py.ts'
import { bytesOf, withBytes, withJson } from './edit-answer.ts'
import type { Due } from './fault-plan.ts'
import { type FileName, member } from './prompt-book.ts'
import { type Sighting, withBody } from './sightings.ts'
import type { HttpFaults } from './world.ts'

/** Does to the server what has to be done before it is asked. */
export function prepareServer(
  { do: action, seed }: Due,
  { prompt, file }: Sighting,
  { world: { comfyui, withoutOutputs } }: HttpFaults,
): void {
  if (action.kind === 'noOutputs' && prompt?.promptId) withoutOutputs.add(prompt.promptId)
  if (action.kind === 'damage' && file) comfyui.damage(file, action.damage, seed)
  if (action.kind !== 'nameTaken') return
  for (const taken of file ? [file] : savedFirst(prompt?.graph ?? null)) comfyui.occupy(taken)
}

/** What ComfyUI answers about prompts, after what was done to them. */
export async function editPromptAnswer(
  answer: Response,
  { request, prompt }: Sighting,
  { book, world: { withoutOutputs } }: HttpFaults,
): Promise<Response> {
  if (prompt && prompt.promptId === null) {
    const body = await bytesOf(answer)
    book.accepted(prompt, body.toString())
    return withBytes(answer, body)
  }
  const isHistory = /^(\/api)?\/history(\/|$)/.test(new URL(request.url).pathname)
  return isHistory && withoutOutputs.size > 0 ? withJson(answer, (body) => emptied(body, withoutOutputs)) : answer
}

/** Of this name no server has a model. */
const unknown = (model: string) => `${model}?`

/** Has the server look for a model that it does not have. */
export async function withoutModel(request: Request, model: string): Promise<Request> {
  if (request.method !== 'POST') return request
  const body = (await request.text()).replaceAll(JSON.stringify(model), JSON.stringify(unknown(model)))
  return withBody(request, new TextEncoder().encode(body))
}

/** Takes a model out of every list of an answer, as if there had never been one. */
export async function withoutModelListed(answer: Response, model: string): Promise<Response> {
  let text = (await bytesOf(answer)).toString()
  for (const quote of ['"', "'"]) {
    const name = `${quote}${model}${quote}`
    text = text.replaceAll(`, ${name}`, '').replaceAll(`${name}, `, '')
  }
  return withBytes(answer, new TextEncoder().encode(text.replaceAll(unknown(model), model)))
}

/** A 200 whose `node_errors` say that a branch of the graph was left out (execution.py, validate_prompt). */
export function withNodeErrors(answer: Response, graph: Py): Promise<Response> {
  const [id, node] = (isDict(graph) ? [...graph].at(-1) : undefined) ?? ['unknown', null]
  const error = dict({
    type: 'value_not_in_list',
    message: 'Value not in list',
    details: 'simulated fault',
    extra_info: dict({}),
  })
  const failed = dict({ errors: [error], dependent_outputs: [id], class_type: member(node, 'class_type') })
  return withJson(answer, (body) => (isDict(body) ? new Map(body).set('node_errors', new Map([[id, failed]])) : body))
}

function emptied(history: Py, ids: ReadonlySet<string>): Py {
  if (!isDict(history)) return history
  return new Map(Array.from(history, ([id, entry]) => [id, isDict(entry) && ids.has(id) ? cached(entry) : entry]))
}

/** An entry that names no files, for its nodes had the same result before (ComfyUI issue 6261). */
function cached(entry: PyDict): PyDict {
  const outputs = entry.get('outputs')
  const nodes = isDict(outputs ?? null) ? [...(outputs as PyDict).keys()] : []
  const status = entry.get('status') ?? null
  const messages = isDict(status) ? status.get('messages') : null
  const told = Array.isArray(messages) ? messages.map((message) => cachedMessage(message, nodes)) : []
  const emptied: PyDict = new Map(entry).set('outputs', new Map())
  return isDict(status) ? emptied.set('status', new Map(status).set('messages', told)) : emptied
}

function cachedMessage(message: Py, nodes: string[]): Py {
  if (!Array.isArray(message) || message[0] !== 'execution_cached') return message
  const data = message[1] ?? null
  return isDict(data) ? [message[0], new Map(data).set('nodes', nodes)] : message
}

/** The first file under each prefix that a graph saves under; how it ends makes no difference to the counter. */
function savedFirst(graph: Py): FileName[] {
  if (!isDict(graph)) return []
  return [...graph.values()].flatMap((node) => {
    const prefix = member(member(node, 'inputs'), 'filename_prefix')
    if (typeof prefix !== 'string') return []
    const [, subfolder = '', name] = /^(?:(.*)\/)?([^/]*)$/.exec(prefix) ?? []
    return [{ filename: `${name}_00001_.txt`, subfolder, type: 'output' }]
  })
}
