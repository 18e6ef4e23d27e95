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

/** What `GET /object_info` says about each class, as far as a workflow can depend on it. */
export function classSchemas(objectInfo: string): Map<string, ClassSchema> {
  const classes = Object.entries(JSON.parse(objectInfo) as Record<string, unknown>)
  return new Map(classes.flatMap(([name, raw]) => (isObject(raw) ? [[name, classSchema(raw)] as const] : [])))
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

function classSchema({ input, output }: Record<string, unknown>): ClassSchema {
  const groups = Object.entries(isObject(input) ? input : {})
  const inputs = groups.flatMap(([group, members]) =>
    (group === 'required' || group === 'optional') && isObject(members)
      ? Object.entries(members).flatMap(([key, raw]) =>
          Array.isArray(raw) ? [[key, inputSchema(raw, group === 'required')] as const] : [],
        )
      : [],
  )
  const types: unknown[] = Array.isArray(output) ? output : []
  return { inputs: new Map(inputs), outputs: types.map((type) => (Array.isArray(type) ? 'COMBO' : String(type))) }
}

/** A node pack may list anything: what is not of this form is no input. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function inputSchema([type, given]: readonly unknown[], required: boolean): InputSchema {
  const { options: listed, tooltip: _, ...options } = isObject(given) ? given : {}
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
