import { rawMembers } from './exact-json.ts'

/** One input of a node class. */
export interface InputSchema {
  readonly required: boolean
  /** `INT`, `IMAGE`, …; `COMBO` for a list of values. */
  readonly type: string
  /** Values of a list, without the files that jobs leave; null for other types, and for the files that a loader may be given. */
  readonly values: readonly string[] | null
  /** `default`, `min`, `max`, … as they are. */
  readonly options: Readonly<Record<string, unknown>>
}

export interface ClassSchema {
  readonly inputs: ReadonlyMap<string, InputSchema>
  /** Types of the outputs. */
  readonly outputs: readonly string[]
}

type RawInput = [type: unknown, options?: Record<string, unknown>]

interface RawClass {
  input?: Record<string, Record<string, RawInput>>
  output?: unknown[]
}

/** What `GET /object_info` says about each class, as far as a workflow can depend on it. */
export function classSchemas(objectInfo: string): Map<string, ClassSchema> {
  const classes = Object.entries(JSON.parse(objectInfo) as Record<string, RawClass>)
  return new Map(classes.map(([name, raw]) => [name, classSchema(raw)]))
}

/** The text with only the classes in use and those that share a rarer link type with them (not IMAGE, which a fifth shares). */
export function cutObjectInfo(objectInfo: string, used: ReadonlySet<string>): string {
  const schemas = classSchemas(objectInfo)
  const linkTypes = new Map(Array.from(schemas, ([name, schema]) => [name, linksOf(schema)]))
  const counts = new Map<string, number>()
  for (const types of linkTypes.values()) for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  const common = schemas.size / 20
  const wanted = new Set(
    [...used].flatMap((name) => [...(linkTypes.get(name) ?? [])].filter((type) => (counts.get(type) ?? 0) <= common)),
  )
  const kept = Array.from(rawMembers(objectInfo) ?? []).filter(
    ([name]) => used.has(name) || [...(linkTypes.get(name) ?? [])].some((type) => wanted.has(type)),
  )
  return `{${kept.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`
}

const CONSTANTS = new Set(['INT', 'FLOAT', 'STRING', 'BOOLEAN', 'COMBO', '*'])

function linksOf({ inputs, outputs }: ClassSchema): Set<string> {
  const types = [...[...inputs.values()].map(({ type }) => type), ...outputs]
  return new Set(types.filter((type) => !CONSTANTS.has(type)))
}

function classSchema({ input = {}, output = [] }: RawClass): ClassSchema {
  const groups = Object.entries(input).filter(([group]) => group === 'required' || group === 'optional')
  const inputs = groups.flatMap(([group, members]) =>
    Object.entries(members).map(([key, raw]) => [key, inputSchema(raw, group === 'required')] as const),
  )
  return { inputs: new Map(inputs), outputs: output.map((type) => (Array.isArray(type) ? 'COMBO' : String(type))) }
}

function inputSchema([type, given = {}]: RawInput, required: boolean): InputSchema {
  const { options: listed, tooltip: _, ...options } = given
  const values = Array.isArray(type) ? type : Array.isArray(listed) ? listed : null
  // Lists of input files grow with every upload. Latents are such files too, but their list is not marked as one.
  const isFiles = Object.keys(options).some((key) => key.endsWith('_upload'))
  return {
    required,
    type: Array.isArray(type) ? 'COMBO' : String(type),
    values: values === null || isFiles ? null : values.map(String).filter((value) => !value.endsWith('.latent')),
    options,
  }
}
