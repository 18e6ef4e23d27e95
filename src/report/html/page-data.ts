import { isLink } from '../../domain/graph.ts'
import { graphPicture } from './graph-picture.ts'
import { type JobSpan, phases } from './job-spans.ts'
import type { KeptExchange, KeptWorkflow, RunFiles } from './run-files.ts'

/** What the script of the page draws when somebody looks: what is said again and again stands there once. */
export function pageData(files: RunFiles, spans: readonly JobSpan[]) {
  const strings = numbered<string>((text) => text)
  const pictures = numbered<KeptWorkflow['graph']>(shapeOf)
  const workflows = new Map(files.workflows.map((workflow) => [workflow.number, workflow]))
  const from = Math.min(...files.events.map(({ at }) => at), ...files.traffic.map(({ at }) => at))
  const to = Math.max(...files.events.map(({ at }) => at))
  const jobs = spans.map((span) => {
    const workflow = workflows.get(span.number)
    return {
      n: span.number,
      v: strings.number(span.video),
      k: span.kind,
      c: span.chunk,
      s: span.status,
      a: span.attempts,
      f: span.failure,
      t: span.startedAt === null ? null : [span.startedAt - from, (span.endedAt ?? to) - from],
      p: phases.map((phase) => Math.round(span.phases[phase] ?? 0)),
      w: workflow && [
        pictures.number(workflow.graph),
        workflow.modifications.map(strings.number),
        inputsOf(workflow).map(strings.number),
      ],
    }
  })
  const traffic = files.traffic.map((exchange) => trafficRow(exchange, from, strings.number))
  return {
    total: Math.max(1, to - from),
    phases,
    jobs,
    traffic,
    pictures: pictures.all().map(graphPicture),
    strings: strings.all(),
  }
}

/** Gives each value a number, the same to those that have one key. */
function numbered<T>(keyOf: (value: T) => string) {
  const numbers = new Map<string, number>()
  const values: T[] = []
  return {
    number: (value: T): number => {
      const key = keyOf(value)
      const known = numbers.get(key)
      if (known !== undefined) return known
      numbers.set(key, values.length)
      return values.push(value) - 1
    },
    all: () => values,
  }
}

/** Of graphs that differ only in values there is one picture. */
function shapeOf(graph: KeptWorkflow['graph']): string {
  const nodes = Object.entries(graph).map(([id, { class_type: className, inputs, _meta }]) => [
    id,
    className,
    _meta?.title,
    Object.entries(inputs).filter(([, value]) => isLink(value)),
  ])
  return JSON.stringify(nodes)
}

function inputsOf({ graph }: KeptWorkflow): string[] {
  return Object.values(graph).flatMap(({ class_type: className, inputs, _meta }) =>
    Object.entries(inputs)
      .filter(([, value]) => !isLink(value))
      .map(
        ([input, value]) =>
          `${_meta?.title ?? className}, ${input}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
  )
}

function trafficRow(
  { at, service, method, url, status, sent, received, note }: KeptExchange,
  from: number,
  number: (text: string) => number,
) {
  const { origin, path } = cut(url)
  return [at - from, number(service), number(method), number(origin), path, status, sent, received, number(note)]
}

/** A server is named in each of its addresses. */
function cut(url: string): { origin: string; path: string } {
  const [origin = ''] = /^[^/]*\/\/[^/]*/.exec(url) ?? []
  return { origin, path: url.slice(origin.length) }
}
