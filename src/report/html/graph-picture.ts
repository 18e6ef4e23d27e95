import { type Graph, isLink, type Link } from '../../domain/graph.ts'
import { escapeHtml } from './escape.ts'

/** A workflow as an SVG: a box for each node, from left to right as data flows, and a line for each link. */
export function graphPicture(graph: Graph): string {
  const places = placesOf(graph)
  const columns = Math.max(0, ...Array.from(places.values(), ({ column }) => column + 1))
  const rows = Math.max(0, ...Array.from(places.values(), ({ row }) => row + 1))
  const [width, height] = [columns * STEP_X, rows * STEP_Y]
  const lines = linksOf(graph).map(({ from, to, input }) => lineOf(places.get(from)!, places.get(to)!, input))
  const boxes = Object.entries(graph).map(([id, node]) => boxOf(id, node, places.get(id)!))
  // The lines of boxes are half outside of them.
  const size = `viewBox="-1 -1 ${width + 2} ${height + 2}" width="${width + 2}" height="${height + 2}"`
  const label = `Graph of ${Object.keys(graph).length} nodes`
  return `<svg ${size} role="img" aria-label="${label}"><g>${lines.join('')}</g>${boxes.join('')}</svg>`
}

interface Place {
  readonly column: number
  readonly row: number
}

const [WIDTH, HEIGHT, STEP_X, STEP_Y] = [168, 42, 208, 56]

/** A node stands right of everything that it takes from. What hangs on a circle has no such place, and comes last. */
function placesOf(graph: Graph): Map<string, Place> {
  const waits = new Map(Object.keys(graph).map((id) => [id, 0]))
  const links = linksOf(graph)
  for (const { to } of links) waits.set(to, waits.get(to)! + 1)
  const next = Map.groupBy(links, ({ from }) => from)
  const columns = new Map<string, number>()
  let ready = [...waits].filter(([, count]) => count === 0).map(([id]) => id)
  for (let column = 0; ready.length > 0; column += 1) {
    const after: string[] = []
    for (const id of ready) {
      columns.set(id, column)
      for (const { to } of next.get(id) ?? []) {
        waits.set(to, waits.get(to)! - 1)
        if (waits.get(to) === 0) after.push(to)
      }
    }
    ready = after
  }
  const last = Math.max(-1, ...columns.values()) + 1
  const used = new Map<number, number>()
  const places = new Map<string, Place>()
  const sorted = Object.keys(graph).toSorted((a, b) => (columns.get(a) ?? last) - (columns.get(b) ?? last))
  for (const id of sorted) {
    const column = columns.get(id) ?? last
    const row = used.get(column) ?? 0
    used.set(column, row + 1)
    places.set(id, { column, row })
  }
  return places
}

function linksOf(graph: Graph): Array<{ from: string; to: string; input: string }> {
  return Object.entries(graph).flatMap(([to, { inputs }]) =>
    Object.entries(inputs)
      .filter((entry): entry is [string, Link] => isLink(entry[1]) && Object.hasOwn(graph, entry[1][0]))
      .map(([input, [from]]) => ({ from, to, input })),
  )
}

function lineOf(from: Place, to: Place, input: string): string {
  const [x1, y1] = [from.column * STEP_X + WIDTH, from.row * STEP_Y + HEIGHT / 2]
  const [x2, y2] = [to.column * STEP_X, to.row * STEP_Y + HEIGHT / 2]
  const bend = Math.max(20, Math.abs(x2 - x1) / 2)
  return `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}"><title>${escapeHtml(input)}</title></path>`
}

function boxOf(id: string, { class_type: className, _meta }: Graph[string], { column, row }: Place): string {
  const title = _meta?.title ?? className
  const [x, y] = [column * STEP_X, row * STEP_Y]
  const tip = escapeHtml(`${title} (${className}, id ${id})`)
  return [
    `<g class="node"><title>${tip}</title><rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    `<text x="${x + 10}" y="${y + 18}">${escapeHtml(short(title))}</text>`,
    `<text class="class" x="${x + 10}" y="${y + 33}">${escapeHtml(short(className))}</text></g>`,
  ].join('')
}

function short(text: string): string {
  return text.length > 22 ? `${text.slice(0, 21)}…` : text
}
