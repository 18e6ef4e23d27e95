import { type PodAction, podAction } from './pod-model.ts'

/**
 * The action that a body asks for, or the refusal: 400 for what is no JSON, 422 for what is not a PodActionRequest. The API
 * documents the form of one validation error; the others follow it.
 */
export function readAction(text: string): PodAction | Response {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return problem(400, 'Bad Request', 'request could not be processed')
  }
  const errors = errorsOf(body)
  if (errors.length > 0) return problem(422, 'Unprocessable Entity', 'Request validation failed.', { errors })
  return podAction.parse((body as { action: unknown }).action)
}

function errorsOf(body: unknown): string[] {
  if (typeOf(body) !== 'object') return [`$: got ${typeOf(body)}, want object`]
  const { action, ...others } = body as Record<string, unknown>
  const names = Object.keys(others).map((name) => `'${name}'`)
  return [
    ...(names.length > 0 ? [`$: additional properties ${names.join(', ')} not allowed`] : []),
    ...actionErrors(action),
  ]
}

function actionErrors(action: unknown): string[] {
  if (action === undefined) return ["$: missing property 'action'"]
  if (typeof action !== 'string') return [`$.action: got ${typeOf(action)}, want string`]
  if (podAction.safeParse(action).success) return []
  return [`$.action: value must be one of ${podAction.options.map((option) => `'${option}'`).join(', ')}`]
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** An error of the v2 API: `application/problem+json` (RFC 9457). `errors` are what a validation found. */
export function problem(
  status: number,
  title: string,
  detail: string,
  { headers = {}, errors }: { headers?: Record<string, string>; errors?: readonly string[] } = {},
): Response {
  return Response.json(
    { title, status, detail, ...(errors && { errors }) },
    { status, headers: { 'content-type': 'application/problem+json', ...headers } },
  )
}
