import type { Problem } from '../../errors.ts'

/** The fault that gives ComfyUI's client the answer that these words tell of; null: they tell of none. */
export function comfyuiHttpFault(reason: string, { ofJob, often }: { ofJob: string; often: string }): string | null {
  const [, method, path = '', rest = ''] =
    /^(GET|HEAD|POST) (?:http|ws)s?:\/\/[^/\s]+(\/\S*?): ComfyUI (.*)$/s.exec(reason) ?? []
  if (method === undefined) return null
  const route = routes.find((one) => path.includes(one)) ?? path.split('?')[0]!
  const anchor = route === '/ws' ? 'socket open' : `${method} ${route}${route.startsWith('/upload') ? '' : ofJob}`
  const [, status, said = ''] = /^answered (\d{3})(?: to \S+)?(?:: (.*))?$/s.exec(rest) ?? []
  if (status !== undefined) return `${anchor}: status ${status}${asSaid(said)}${often}`
  const [, foreign] = /^answered what it never should: (.*)$/s.exec(rest) ?? []
  if (foreign !== undefined) return `${anchor}: status 200${asSaid(foreign)}${often}`
  if (/^has no such file/.test(rest)) return `${anchor}: status 404 as text${often}`
  if (!/^does not answer/.test(rest)) return null
  const [, code = ''] = /\((\w+)\)$/.exec(rest) ?? []
  return `${anchor}: ${broken[code] ?? 'refuse all connections'}${broken[code] ? often : ''}`
}

/** The address of ComfyUI that words tell of, base path and all; null: they tell of none. */
export function addressTold(words: string): string | null {
  const [, address = ''] = /\b(?:GET|HEAD|POST) ((?:http|ws)s?:\/\/\S+?)(?:\?\S*)?: ComfyUI /.exec(words) ?? []
  const route = routes.find((one) => address.includes(one))
  return route === undefined ? null : `${address.slice(0, address.lastIndexOf(route)).replace(/^ws/, 'http')}/`
}

const routes = [
  '/history',
  '/prompt',
  '/queue',
  '/upload/image',
  '/view',
  '/interrupt',
  '/object_info',
  '/system_stats',
  '/ws',
] as const

const broken: Readonly<Record<string, string>> = {
  ECONNRESET: 'reset',
  UND_ERR_SOCKET: 'no answer',
  UND_ERR_HEADERS_TIMEOUT: 'hang',
}

/** A body by what was said of it. */
function asSaid(said: string): string {
  const [, title] = /^an HTML page(?: titled "(.*)")?, probably from a proxy/s.exec(said) ?? []
  if (said.startsWith('an HTML page'))
    return ` as html saying ${JSON.stringify(`<html><title>${title ?? ''}</title></html>`)}`
  if (said === '' || said === 'nothing') return ' as nothing'
  return ` as ${/^[[{]/.test(said) ? 'json' : 'text'} saying ${JSON.stringify(said)}`
}

/** A refusal of ComfyUI's that is told of in the same words. */
export function refusedWorkflow(reason: string, problems: readonly Problem[]): string {
  const message = /: ComfyUI refused the workflow: (.*) \(\d+ problems?\)$/s.exec(reason)?.[1] ?? reason
  const nodes = problems.flatMap(({ file, ...problem }) => {
    const [, id, type] = /(?:^|: )node (\S+)(?: ".*")? \((.*)\)$/.exec(file) ?? []
    return id === undefined ? [] : [{ id, type, error: errorOf(problem) }]
  })
  const node_errors = Object.fromEntries(
    Array.from(
      Map.groupBy(nodes, ({ id }) => id),
      ([id, all]) => [id, { class_type: all[0]!.type, errors: all.map(({ error }) => error), dependent_outputs: [] }],
    ),
  )
  const body = {
    error: { type: 'prompt_outputs_failed_validation', message, details: '', extra_info: {} },
    node_errors,
  }
  return `status 400 as json saying ${JSON.stringify(JSON.stringify(body))}`
}

function errorOf({ message, hint = '', value }: Omit<Problem, 'file'>): object {
  const [, input, said = message] = /^input (\S+): (.*)$/s.exec(message) ?? []
  const [, text = said, details = ''] = /^([^(]*?) \((.*)\)$/s.exec(said) ?? []
  const extra_info = { ...(input && { input_name: input }), ...(value !== undefined && { received_value: value }) }
  return { type: types.find(([words]) => words.test(hint))?.[1] ?? '', message: text, details, extra_info }
}

/** By the hint that a type of error gets. */
const types: ReadonlyArray<readonly [RegExp, string]> = [
  [/no file of this name|does not offer this value/, 'value_not_in_list'],
  [/has no such file/, 'custom_validation_failed'],
  [/install the custom nodes/, 'missing_node_type'],
  [/leaves this input empty/, 'required_input_missing'],
]

/** The fault that has the bucket answer so; null: it did not answer in a way that can be told again. */
export function storageFault(reason: string, often: string): string | null {
  const call = /^listing /.test(reason)
    ? 'list'
    : /^(?:uploading|sending|writing) /.test(reason)
      ? 'insert'
      : /^deleting /.test(reason)
        ? 'delete'
        : 'get'
  const [, status, why, message = ''] = / was answered with (\d{3})(?: \((\w+)\))?: (.*)$/s.exec(reason) ?? []
  if (status === undefined) return / failed: /.test(reason) ? `storage.objects.${call}: reset${often}` : null
  // Google's library tells the reason of what it has sent, and not of the request that only begins it.
  const anchor =
    call === 'insert' && why !== undefined
      ? `chunk 1 of upload ${/\/manifest\.json /.test(reason) ? 2 : 1}`
      : `storage.objects.${call}`
  const errors = why ? [{ message, reason: why, domain: 'global' }] : []
  const body = JSON.stringify({ error: { code: Number(status), message, errors } })
  return `${anchor}: status ${status} as json saying ${JSON.stringify(body)}${often}`
}
