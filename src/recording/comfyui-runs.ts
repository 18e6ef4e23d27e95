import * as z from 'zod'
import { jsonOrNull } from './exact-json.ts'
import type { LoadedEntry, LoadedFrame } from './loaded-entry.ts'

/** One node that was seen executing on a recorded socket. */
export interface NodeRun {
  readonly classType: string
  /** The graph that it ran in, and its id there. */
  readonly graph: Readonly<Record<string, GraphNode>>
  readonly node: string
  /** From its `executing` message to the next node's, in milliseconds. */
  readonly ms: number
  /** From `executing` to the first progress tick, and from tick to tick. */
  readonly stepMs: readonly number[]
  readonly volume: number | null
  readonly files: ReadonlyArray<{ key: string; extension: string; type: string }>
  readonly animated: boolean | null
  /** As an error about arguments named it. */
  readonly functionName: string | null
}

const optional = z.string().optional().catch(undefined)
const members = z.record(z.string(), z.unknown())

/** What was sent and answered may be anything: these are the parts that tell something. */
const graphNode = z
  .object({ class_type: optional, inputs: members.catch({}) })
  .catch({ class_type: undefined, inputs: {} })
type GraphNode = z.infer<typeof graphNode>
const graphSchema = z.record(z.string(), graphNode)
type Graph = z.infer<typeof graphSchema>

const submission = z.object({ prompt: graphSchema })
const acceptance = z.object({ prompt_id: z.string() })
const message = z.object({
  type: optional,
  data: z
    .object({ node: optional, prompt_id: optional, output: members.catch({}), exception_message: optional })
    .optional()
    .catch(undefined),
})

/** Every node run of the recording, in order. */
export function runsOf(entries: readonly LoadedEntry[]): NodeRun[] {
  const graphs = graphsOf(entries)
  return entries.flatMap(({ frames }) => (frames ? runsOn(frames, graphs) : []))
}

/** Graphs by prompt id, from `POST /prompt` and its answer. */
function graphsOf(entries: readonly LoadedEntry[]): Map<string, Graph> {
  const graphs = new Map<string, Graph>()
  for (const { method, url, status, requestBody, responseBody } of entries) {
    if (method !== 'POST' || !url.pathname.endsWith('/prompt') || status !== 200) continue
    const sent = submission.safeParse(jsonOrNull(requestBody())).data
    const got = acceptance.safeParse(jsonOrNull(responseBody())).data
    if (sent && got) graphs.set(got.prompt_id, sent.prompt)
  }
  return graphs
}

function runsOn(frames: Iterable<LoadedFrame>, graphs: ReadonlyMap<string, Graph>): NodeRun[] {
  const runs: NodeRun[] = []
  let open: { node: string; prompt: string; at: number; ticks: number[]; output: Record<string, unknown> } | null = null
  const close = (at: number, failure = '') => {
    const graph = open && graphs.get(open.prompt)
    const classType = open && graph?.[open.node]?.class_type
    if (open && graph && classType) {
      const { ticks, output } = open
      const started = open.at
      const stepMs = ticks.map((tick, index) => tick - (ticks[index - 1] ?? started))
      runs.push({
        classType,
        graph,
        node: open.node,
        ms: at - started,
        stepMs,
        volume: volumeOf(graph),
        ...filesOf(output),
        functionName: functionIn(failure),
      })
    }
    open = null
  }
  for (const { from, at, opcode, data } of frames) {
    if (from !== 'server' || opcode !== 1) continue
    const { type, data: facts } = message.safeParse(jsonOrNull(data())).data ?? {}
    if (type === 'executing' || type?.startsWith('execution_')) close(at, facts?.exception_message)
    if (type === 'executing' && facts?.node && facts.prompt_id) {
      open = { node: facts.node, prompt: facts.prompt_id, at, ticks: [], output: {} }
    } else if (type === 'progress') (open as { ticks: number[] } | null)?.ticks.push(at)
    else if (type === 'executed' && open) Object.assign((open as { output: object }).output, facts?.output)
  }
  return runs
}

/** Python names the function in its errors about arguments, and nowhere else. */
function functionIn(message: string): string | null {
  const name = /^([\w.]+)\(\) (?:got|missing|takes) /.exec(message)?.[1]
  return name === undefined || name.endsWith('.check_lazy_status') ? null : name
}

function filesOf(output: Record<string, unknown>): Pick<NodeRun, 'files' | 'animated'> {
  const files = Object.entries(output).flatMap(([key, list]) => {
    const first = Array.isArray(list) ? (list[0] as { filename?: unknown; type?: unknown } | undefined) : undefined
    if (typeof first?.filename !== 'string') return []
    const extension = /\.([^.]+)$/.exec(first.filename)?.[1] ?? ''
    return [{ key, extension, type: String(first.type) }]
  })
  const { animated } = output
  return { files, animated: Array.isArray(animated) && typeof animated[0] === 'boolean' ? animated[0] : null }
}

/** width × height × length of the graph's first node that names a size. */
function volumeOf(graph: Graph): number | null {
  for (const { inputs } of Object.values(graph)) {
    const { width, height, length } = inputs
    if (typeof width === 'number' && typeof height === 'number') {
      return width * height * (typeof length === 'number' ? length : 1)
    }
  }
  return null
}
