import * as z from 'zod'
import { jsonOrNull } from './exact-json.ts'
import { linkIn, signaturesOf } from './graph-signature.ts'
import type { LoadedEntry, LoadedFrame } from './loaded-entry.ts'
import { type ShownMember, shownMembers } from './shown-members.ts'

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
  /** What its progress counted up to; null when it told none. */
  readonly steps: number | null
  readonly volume: number | null
  /** The same for nodes that give the same (graph-signature.ts). */
  readonly signature: string
  /** Members of its `ui` that are no files. */
  readonly shown: Readonly<Record<string, readonly unknown[]>>
  /** What that teaches for nodes with other inputs. */
  readonly members: readonly ShownMember[]
  /** What the only node that leads to it gave, where it showed just that: a text by signature and output. */
  readonly computed: { readonly output: string; readonly text: string } | null
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
interface Graph {
  readonly nodes: z.infer<typeof graphSchema>
  readonly signature: (id: string) => string
}

/** More steps than any node counts, so that a hostile number costs nothing. */
const MOST_STEPS = 10_000

const submission = z.object({ prompt: graphSchema })
const acceptance = z.object({ prompt_id: z.string() })
const message = z.object({
  type: optional,
  data: z
    .object({
      node: optional,
      prompt_id: optional,
      output: members.catch({}),
      exception_message: optional,
      value: z.int().positive().max(MOST_STEPS).optional().catch(undefined),
      max: z.int().positive().max(MOST_STEPS).optional().catch(undefined),
    })
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
    if (sent && got) graphs.set(got.prompt_id, { nodes: sent.prompt, signature: signaturesOf(sent.prompt) })
  }
  return graphs
}

function runsOn(frames: Iterable<LoadedFrame>, graphs: ReadonlyMap<string, Graph>): NodeRun[] {
  const runs: NodeRun[] = []
  let open: Open | null = null
  const close = (at: number, failure = '') => {
    const graph = open && graphs.get(open.prompt)
    const classType = open && graph?.nodes[open.node]?.class_type
    if (open && graph && classType) {
      const stepMs = stepTimes(open)
      runs.push({
        classType,
        graph: graph.nodes,
        node: open.node,
        ms: at - open.at,
        stepMs,
        steps: open.steps,
        volume: volumeOf(graph),
        ...shownBy(open, graph),
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
      open = { node: facts.node, prompt: facts.prompt_id, at, ticks: [], reached: 0, steps: null, output: {} }
    } else if (type === 'progress' && open) {
      const running: Open = open
      running.ticks.push(at)
      running.reached = facts?.value ?? running.reached
      running.steps = facts?.max ?? running.steps
    }
    // What comes from the cache is told between the others.
    if (type === 'executed' && open && facts?.node === (open as Open).node) {
      Object.assign((open as Open).output, facts.output)
    }
  }
  return runs
}

/** A node that runs. */
interface Open {
  readonly node: string
  readonly prompt: string
  readonly at: number
  readonly ticks: number[]
  /** The value that was told last. */
  reached: number
  steps: number | null
  readonly output: Record<string, unknown>
}

/** From tick to tick; where the server left ticks out, the steps up to the last one share its time. */
function stepTimes({ at, ticks, reached }: Open): number[] {
  const last = ticks.at(-1)
  if (last === undefined || reached <= ticks.length) return ticks.map((tick, index) => tick - (ticks[index - 1] ?? at))
  return Array.from({ length: reached }, () => (last - at) / reached)
}

function shownBy({ node, output }: Open, graph: Graph) {
  const { inputs = {} } = graph.nodes[node] ?? {}
  const members = shownMembers(output, inputs)
  const values = members.flatMap(({ kind, key }) => (kind === 'values' ? [[key, output[key] as unknown[]]] : []))
  const shown = Object.fromEntries(values) as NodeRun['shown']
  return { signature: graph.signature(node), shown, members, computed: computedIn(output, inputs, graph) }
}

/** A node with a single input that shows a single text shows what came over the link. */
function computedIn(output: Open['output'], inputs: Readonly<Record<string, unknown>>, graph: Graph) {
  const { text } = output
  const [given, ...others] = Object.values(inputs)
  const link = others.length === 0 ? linkIn(given) : null
  if (!link || !Array.isArray(text) || text.length !== 1 || typeof text[0] !== 'string') return null
  return { output: `${graph.signature(link[0])}:${link[1]}`, text: text[0] }
}

/** Python names the function in its errors about arguments, and nowhere else. */
function functionIn(message: string): string | null {
  const name = /^([\w.]+)\(\) (?:got|missing|takes) /.exec(message)?.[1]
  return name === undefined || name.endsWith('.check_lazy_status') ? null : name
}

/** width × height × length of the graph's first node that names a size. */
function volumeOf({ nodes }: Graph): number | null {
  for (const { inputs } of Object.values(nodes)) {
    const { width, height, length } = inputs
    if (typeof width === 'number' && typeof height === 'number') {
      return width * height * (typeof length === 'number' ? length : 1)
    }
  }
  return null
}
