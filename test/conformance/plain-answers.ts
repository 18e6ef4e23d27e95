import type { Message } from './case-server.ts'

type Members = Record<string, unknown>

const VOLATILE = new Set([
  'timestamp',
  'create_time',
  'execution_start_time',
  'execution_end_time',
  'traceback',
  'number',
  'priority',
  'current_inputs',
  'ram_free',
  'vram_free',
  'torch_vram_free',
])

/** Without stamps, ids, counters and random letters, which differ from server to server. */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue)
  if (typeof value === 'string') return plainText(value)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).flatMap(([key, item]) => (VOLATILE.has(key) ? [] : [[key, plainValue(item)]]))
  const members = Object.fromEntries(kept) as Members
  if ('current_outputs' in members) members['current_outputs'] = sorted(members['current_outputs'])
  return members
}

function plainText(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/temp_[a-z]{5}_/g, 'temp_X_')
    .replace(/_0\d{4}/g, '_N')
    .replace(/(at )?0x[0-9a-f]+/g, '0x')
}

/** An answer to a prompt; errors and outputs, which the server takes from sets, in the order of their texts. */
export function plainAnswer(answer: unknown): unknown {
  const body = plainValue(answer) as { node_errors?: Members; error?: { details?: string } }
  if (body.node_errors) body.node_errors = byKey(body.node_errors, plainNodeErrors)
  if (typeof body.error?.details === 'string') {
    body.error.details = body.error.details.split('\n').toSorted().join('\n')
  }
  return body
}

function plainNodeErrors(entry: unknown): unknown {
  const { errors, dependent_outputs, ...more } = entry as Members
  const texts = (errors as unknown[]).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return { errors: texts, dependent_outputs: sorted(dependent_outputs), ...more }
}

/** What a history entry says beside the prompt. */
export function plainHistory(entry: unknown): unknown {
  const { outputs, status, meta } = plainValue(entry) as { outputs: Members; status: Members; meta: Members }
  for (const [, data] of status['messages'] as Array<[string, Members]>) {
    if (data['nodes']) data['nodes'] = sorted(data['nodes'])
  }
  return { outputs: byKey(outputs), status, meta: byKey(meta) }
}

const NOT_TOLD = new Set(['status', 'progress', 'progress_state', 'feature_flags'])

/** What a socket told, and the types of all that it told. */
export function plainEvents(messages: readonly Message[]): { events: string[]; eventTypes: string[] } {
  const told = messages.filter(({ type }) => !NOT_TOLD.has(type)).map((message) => plainValue(message) as Message)
  const events = told.map(({ type, data, ...more }) =>
    JSON.stringify({
      type,
      ...(data && { data: data['nodes'] ? { ...data, nodes: sorted(data['nodes']) } : data }),
      ...more,
    }),
  )
  return { events, eventTypes: [...new Set(messages.map(({ type }) => type))].toSorted() }
}

const sorted = (list: unknown): unknown[] => ((list ?? []) as unknown[]).toSorted()

function byKey(members: Members, each: (value: unknown) => unknown = (value) => value): Members {
  const entries = Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, value]) => [key, each(value)]))
}
