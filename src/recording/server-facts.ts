import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { ComfyuiKnowledge } from './comfyui-knowledge.ts'
import { jsonOrNull } from './exact-json.ts'
import type { LoadedEntry } from './loaded-entry.ts'
import { type ClassSchema, classSchemas } from './object-info.ts'

/** What a server tells about itself for free, live or recorded. */
export interface ServerFacts {
  readonly version: string
  readonly device: string
  /** Text of `GET /object_info`. */
  readonly objectInfo: string
  /** Files by models folder; empty when nobody asked. */
  readonly models: ReadonlyMap<string, readonly string[]>
}

/** One node of a prompt that was sent. */
export interface NodeUse {
  /** Number of the prompt, from 1. */
  readonly prompt: number
  readonly classType: string
  readonly inputs: Readonly<Record<string, unknown>>
}

/** `log._pr.fingerprint` of a recording. */
export interface Fingerprint {
  readonly server: string
  readonly device: string
  /** Class in use → hash of what a workflow can depend on in it. */
  readonly classes: Readonly<Record<string, string>>
  readonly models: Readonly<Record<string, readonly string[]>>
}

/** The facts that a recording holds; the models are those of the folders that were asked for when it was made. */
export function factsOfRecording({ version, device, objectInfo, answers }: ComfyuiKnowledge): ServerFacts {
  const lists = [...answers].filter(([path]) => path.startsWith('/models/'))
  const models = lists.flatMap(([path, { body }]): Array<[string, string[]]> => {
    const folder = decodedOrNull(path.slice('/models/'.length))
    const { data: names } = z.array(z.string()).safeParse(jsonOrNull(body()))
    return folder === null || names === undefined ? [] : [[folder, names]]
  })
  return { version, device, objectInfo, models: new Map(models) }
}

/** Every node of every accepted prompt. */
export function usesOf(entries: readonly LoadedEntry[]): NodeUse[] {
  const prompts = entries.filter(
    ({ method, url, status }) => method === 'POST' && url.pathname.endsWith('/prompt') && status === 200,
  )
  return prompts.flatMap(({ requestBody }, index) => {
    const nodes = Object.values(sentGraph.safeParse(jsonOrNull(requestBody())).data?.prompt ?? {})
    return nodes.flatMap((node) => {
      const { class_type: classType, inputs } = sentNode.safeParse(node).data ?? {}
      return classType === undefined ? [] : [{ prompt: index + 1, classType, inputs: inputs ?? {} }]
    })
  })
}

const sentGraph = z.object({ prompt: z.record(z.string(), z.unknown()) })
const sentNode = z.object({ class_type: z.string(), inputs: z.record(z.string(), z.unknown()).catch({}) })

function decodedOrNull(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}

/** What every recording says in `log._pr` about its server, as of today. */
export function serverStamps(facts: ServerFacts, used: Iterable<string>) {
  return {
    recorded: new Date().toISOString().slice(0, 10),
    server: `ComfyUI ${facts.version}`,
    device: facts.device,
    fingerprint: fingerprintOf(facts, used),
  }
}

/** The fingerprint of a server, with the classes in `used` that it knows. */
function fingerprintOf(facts: ServerFacts, used: Iterable<string>): Fingerprint {
  const schemas = classSchemas(facts.objectInfo)
  const classes = [...new Set(used)].toSorted().flatMap((name) => {
    const schema = schemas.get(name)
    return schema ? [[name, hashOf(schema)] as const] : []
  })
  return {
    server: facts.version,
    device: facts.device,
    classes: Object.fromEntries(classes),
    models: Object.fromEntries([...facts.models].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  }
}

function hashOf({ inputs, outputs }: ClassSchema): string {
  const text = JSON.stringify([[...inputs].toSorted(([a], [b]) => (a < b ? -1 : 1)), outputs])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
