import * as z from 'zod'
import type { Graph } from '../../domain/graph.ts'
import { counted, didYouMean } from '../../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../../errors.ts'

/** The error for a 400 of `POST /prompt`; null when the body is none that ComfyUI writes. */
export function rejection(asked: string, graph: Graph, body: unknown): PromptRunnerError | null {
  const answer = Refusal.safeParse(body)
  if (!answer.success || !Object.hasOwn(body as object, 'node_errors')) return null
  const { error, node_errors } = answer.data
  const nodes = nodeProblems(graph, node_errors)
  const problems = nodes.length > 0 ? nodes : [promptProblem(graph, error)]
  return refused(`${asked}: ComfyUI refused the workflow: ${error.message}`, problems)
}

/** The error for a 200 with `node_errors`: the outputs named there would not be made. null when there are none. */
export function partialRejection(asked: string, graph: Graph, nodeErrors: unknown): PromptRunnerError | null {
  const problems = nodeProblems(graph, NodeErrors.catch(unreadable).parse(nodeErrors))
  if (problems.length === 0) return null
  return refused(`${asked}: ComfyUI would leave out a part of the workflow, so the prompt was taken back`, problems)
}

function refused(message: string, problems: Problem[]): PromptRunnerError {
  const hint = problems.find((problem) => problem.hint !== undefined)?.hint
  return new PromptRunnerError('PR_COMFY_REJECTED', `${message} (${counted(problems.length, 'problem')})`, {
    hint,
    problems,
  })
}

function nodeProblems(graph: Graph, nodeErrors: z.infer<typeof NodeErrors>): Problem[] {
  return Object.entries(nodeErrors).flatMap(([id, { class_type, errors }]) =>
    errors.map((error) => ({ file: place(graph, id, class_type), ...describe(error) })),
  )
}

function promptProblem(graph: Graph, error: z.infer<typeof Fault>): Problem {
  const id = error.extra_info['node_id']
  return { file: typeof id === 'string' ? place(graph, id) : 'workflow', ...describe(error) }
}

/** `node 2 "High LoRA" (LoraLoaderModelOnly)` */
function place(graph: Graph, id: string, classType = graph[id]?.class_type ?? 'unknown class'): string {
  const title = graph[id]?._meta?.title
  return `node ${id}${title === undefined ? '' : ` "${title}"`} (${classType})`
}

function describe({ type, message, details, extra_info }: z.infer<typeof Fault>): Omit<Problem, 'file'> {
  const input = extra_info['input_name']
  const more = details === '' || details === input ? '' : ` (${details})`
  const hint = hintFor(type, String(input), didYouMean(String(extra_info['received_value']), choices(extra_info)))
  return {
    message: `${typeof input === 'string' ? `input ${input}: ` : ''}${message}${more}`,
    ...('received_value' in extra_info ? { value: extra_info['received_value'] } : {}),
    ...(hint === undefined ? {} : { hint }),
  }
}

/** Decides on `type` and the input's name only: texts change from release to release. */
function hintFor(type: string, input: string, suggestion: string): string | undefined {
  switch (type) {
    case 'value_not_in_list':
      return input.endsWith('_name')
        ? `the server has no file of this name for ${input}: put it into its models folder, or choose one that it has.${suggestion}`
        : `the server does not offer this value for ${input}: choose one that it lists.${suggestion}`
    case 'custom_validation_failed':
      return ['image', 'latent', 'file', 'audio', 'video'].includes(input)
        ? 'the server has no such file: the job that makes it must be done, or it must be uploaded first'
        : undefined
    // `invalid_prompt` up to 0.3.64, `missing_node_type` in newer releases.
    case 'invalid_prompt':
    case 'missing_node_type':
      return 'install the custom nodes that the workflow uses and restart ComfyUI, or choose other templates with --workflows'
    case 'required_input_missing':
      return 'the workflow template leaves this input empty: give it a value there or bind it'
    default:
      return undefined
  }
}

/**
 * The options of a list input: `[["a", "b"], {…}]`, or `["COMBO", {"options": ["a", "b"]}]`. Empty where the answer has
 * none: the server leaves out lists of more than 20.
 */
function choices(extra: Record<string, unknown>): string[] {
  const [first, second] = Array.isArray(extra['input_config']) ? extra['input_config'] : []
  const options: unknown = Array.isArray(first) ? first : second?.options
  return Array.isArray(options) ? options.filter((option) => typeof option === 'string') : []
}

const Fault = z.object({
  type: z.string().default(''),
  message: z.string().default('no reason given'),
  details: z.string().default(''),
  extra_info: z.record(z.string(), z.unknown()).default({}),
})

/** `[]` instead of an object up to 0.3.27. */
const NodeErrors = z.preprocess(
  (value) => (value == null || Array.isArray(value) ? {} : value),
  z.record(z.string(), z.object({ errors: z.array(Fault).default([]), class_type: z.string().optional() })),
)

/** Whatever stands there, the server has found something wrong. */
const unreadable = {
  '?': { errors: [Fault.parse({ message: 'the server says it in words that are not known here' })] },
}

/** `"error": "no prompt"` up to 0.3.27. A refusal of ComfyUI's has both, a proxy's has not. */
const Refusal = z.object({
  error: z.preprocess((value) => (typeof value === 'string' ? { message: value } : value), Fault),
  node_errors: NodeErrors,
})
