import type { BuiltWorkflow } from './apply-bindings.ts'
import type { Templates } from './bindings.ts'
import { buildRenderWorkflow, type RenderInputs } from './build-workflow.ts'
import { findNode, findPlace, idOf, titleOf } from './find-node.ts'
import { type Graph, isLink, type Link } from './graph.ts'
import type { LowJob, Plan } from './plan.ts'

/**
 * What is left of a LOW job of which `inputs.latent` is the latent that it has saved itself: a graph that loads it instead of sampling, and
 * makes the video of it. Null where the templates leave no way: their loader has to read what their saver writes, and nothing but
 * the saved latent may be needed of whatever sampled it.
 */
export function buildDecodeWorkflow(
  templates: Templates,
  plan: Plan,
  job: LowJob,
  inputs: RenderInputs & { readonly latent: string },
): BuiltWorkflow | null {
  const whole = buildRenderWorkflow(templates, plan, job, inputs)
  const { latent: saver, video } = whole.outputs
  const loader = loaderOf(templates, saver)
  if (saver === undefined || video === undefined || loader === null) return null
  const sampled = onlyOne(linksOf(whole.graph, saver))
  const loaded = onlyOne(linksTo(whole.graph, loader))
  if (!sampled || !loaded) return null
  const { [saver]: _saved, ...rest } = whole.graph
  const graph = neededFor(video, rewired(rest, sampled, loaded))
  if (!graph[loader] || graph[sampled[0]]) return null
  const gone = Object.keys(whole.graph).filter((id) => !graph[id])
  const modifications = [
    ...whole.modifications,
    ...gone.map((id) => `Sampled before, not needed again: ${titleOf(whole.graph[id]!)}`),
  ]
  return { ...whole, graph, modifications, outputs: { video } }
}

/** The node that loads the latents of HIGH, as long as HIGH saves them by the same node as LOW. */
function loaderOf({ render: template, bindings: { render } }: Templates, saver: string | undefined): string | null {
  const highSaver = render.high.outputs.latent
  const places = render.low.inputs.latent ?? render.inputs.latent ?? []
  if (!highSaver || places.length !== 1 || idOf(findNode(template, highSaver)) !== saver) return null
  return idOf(findPlace(template, places[0]!))
}

/** The links of a node's inputs. */
function linksOf(graph: Graph, id: string): Link[] {
  return Object.values(graph[id]?.inputs ?? {}).filter(isLink)
}

/** The links to a node's outputs. */
function linksTo(graph: Graph, id: string): Link[] {
  return Object.keys(graph)
    .flatMap((other) => linksOf(graph, other))
    .filter(([source]) => source === id)
}

function onlyOne(links: readonly Link[]): Link | null {
  const [first] = links
  return first && links.every((link) => isSame(link, first)) ? first : null
}

function isSame(a: Link, b: Link): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

function rewired(graph: Graph, from: Link, to: Link): Graph {
  return Object.fromEntries(
    Object.entries(graph).map(([id, node]) => {
      const inputs = Object.entries(node.inputs).map(([name, value]) => [
        name,
        isLink(value) && isSame(value, from) ? to : value,
      ])
      return [id, { ...node, inputs: Object.fromEntries(inputs) }]
    }),
  )
}

/** A node and all that it is made from, in the order of the graph. */
function neededFor(output: string, graph: Graph): Graph {
  const needed = new Set<string>()
  const visit = (id: string) => {
    if (needed.has(id)) return
    needed.add(id)
    for (const [source] of linksOf(graph, id)) visit(source)
  }
  visit(output)
  return Object.fromEntries(Object.entries(graph).filter(([id]) => needed.has(id)))
}
