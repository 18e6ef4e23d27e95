import { counted } from '../domain/wording.ts'
import { type ClassSchema, classSchemas, type InputSchema } from './object-info.ts'
import type { NodeUse, ServerFacts } from './server-facts.ts'

/** One thing in which a live server is no longer what was recorded. */
export interface Drift {
  /** In words, without a full stop. */
  readonly what: string
  /** Numbers of recorded prompts that the live server would refuse; empty when it only offers more or something else. */
  readonly failing: readonly number[]
  /** A different release, or a different device: a warning, no difference in itself. */
  readonly isWarning: boolean
}

/**
 * What changed between a recording and a live server, for the classes in `uses` (all recorded ones when there are none).
 * Compares only what `ServerFacts` holds, which costs nothing to ask for.
 */
export function driftOf(recorded: ServerFacts, live: ServerFacts, uses: readonly NodeUse[]): Drift[] {
  const before = classSchemas(recorded.objectInfo)
  const now = classSchemas(live.objectInfo)
  const used = uses.length > 0 ? new Set(uses.map(({ classType }) => classType)) : new Set(before.keys())
  const models = modelDrift(recorded.models, live.models, uses)
  const told = new Set(models.map(({ name }) => name))
  const classes = [...used].toSorted().flatMap((name) => {
    const [old, fresh] = [before.get(name), now.get(name)]
    if (!old) return []
    const ofClass = uses.filter(({ classType }) => classType === name)
    if (!fresh) return [{ ...difference(`\`${name}\` is gone`), failing: promptsOf(ofClass) }]
    return classDrift(name, old, fresh, { uses: ofClass, told })
  })
  return [...warnings(recorded, live), ...models.map(({ drift }) => drift), ...classes]
}

/** How two servers differ, each thing in words, as seen from the first. Only folders of models count that both were asked for. */
export function serverDifferences(a: ServerFacts, b: ServerFacts): string[] {
  const [before, now] = [classSchemas(a.objectInfo), classSchemas(b.objectInfo)]
  const models = modelDrift(new Map([...a.models].filter(([folder]) => b.models.has(folder))), b.models, [])
  const told = new Set(models.map(({ name }) => name))
  const only = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>, what: string) => {
    const names = [...one.keys()].filter((name) => !other.has(name)).toSorted()
    return names.length === 0 ? [] : [`node class${names.length === 1 ? '' : 'es'} ${what}: ${names.join(', ')}`]
  }
  const changed = [...before].flatMap(([name, old]) => {
    const fresh = now.get(name)
    return fresh ? classDrift(name, old, fresh, { uses: [], told }) : []
  })
  return [
    ...warnings(a, b).map(({ what }) => what),
    ...models.map(({ drift }) => drift.what),
    ...only(before, now, 'gone'),
    ...only(now, before, 'new'),
    ...changed.map(({ what }) => what),
  ]
}

/** A drift as a line: `… is gone: prompts 2, 4 would fail`. */
export function driftText({ what, failing }: Drift): string {
  if (failing.length === 0) return what
  return `${what}: prompt${failing.length === 1 ? '' : 's'} ${failing.join(', ')} would fail`
}

const difference = (what: string): Drift => ({ what, failing: [], isWarning: false })

function warnings(recorded: ServerFacts, live: ServerFacts): Drift[] {
  const pairs = [
    ['ComfyUI', recorded.version, live.version],
    ['the device', recorded.device, live.device],
  ] as const
  return pairs
    .filter(([, was, is]) => was !== '' && is !== '' && was !== is)
    .map(([name, was, is]) => ({ ...difference(`${name} was ${was} and is ${is}`), isWarning: true }))
}

function modelDrift(before: ServerFacts['models'], now: ServerFacts['models'], uses: readonly NodeUse[]) {
  return [...before].flatMap(([folder, names]) => {
    const left = new Set(now.get(folder))
    const gone = names
      .filter((name) => !left.has(name))
      .map((name) => {
        const users = uses.filter(({ inputs }) => Object.values(inputs).includes(name))
        return { name, drift: { ...difference(`${kindOf(folder)} \`${name}\` is gone`), failing: promptsOf(users) } }
      })
    const fresh = [...left].filter((name) => !names.includes(name))
    const more = fresh.map((name) => ({ name, drift: difference(`${kindOf(folder)} \`${name}\` is new`) }))
    return [...gone, ...more]
  })
}

function kindOf(folder: string): string {
  const known: Record<string, string> = {
    loras: 'LoRA',
    vae: 'VAE',
    diffusion_models: 'diffusion model',
    unet: 'diffusion model',
    text_encoders: 'text encoder',
    checkpoints: 'checkpoint',
  }
  return known[folder] ?? `the file in ${folder}`
}

function classDrift(
  name: string,
  before: ClassSchema,
  now: ClassSchema,
  { uses, told }: { uses: readonly NodeUse[]; told: ReadonlySet<string> },
): Drift[] {
  const inputs = [...before.inputs].flatMap(([input, old]) => {
    const fresh = now.inputs.get(input)
    const place = `\`${name}.${input}\``
    return fresh ? inputDrift(place, input, old, fresh, { uses, told }) : [difference(`${place} is gone`)]
  })
  const added = [...now.inputs]
    .filter(([input]) => !before.inputs.has(input))
    .map(([input, { required }]) => ({
      ...difference(`\`${name}.${input}\` is new${required ? ' and required' : ''}`),
      failing: required ? promptsOf(uses.filter((use) => !(input in use.inputs))) : [],
    }))
  const [was, is] = [before.outputs.join(', ') || 'nothing', now.outputs.join(', ') || 'nothing']
  return [...inputs, ...added, ...(was === is ? [] : [difference(`\`${name}\` gave ${was} and gives ${is}`)])]
}

function inputDrift(
  place: string,
  input: string,
  before: InputSchema,
  now: InputSchema,
  { uses, told }: { uses: readonly NodeUse[]; told: ReadonlySet<string> },
): Drift[] {
  if (before.type !== now.type) return [difference(`${place} was ${before.type} and is ${now.type}`)]
  const found: Drift[] = []
  if (before.values && now.values) {
    const gained = now.values.filter((value) => !before.values?.includes(value) && !told.has(value))
    const lost = before.values.filter((value) => !now.values?.includes(value) && !told.has(value))
    if (gained.length > 0) found.push(difference(`${place} gained ${listed(gained)}`))
    if (lost.length > 0) {
      const users = uses.filter(({ inputs }) => lost.includes(String(inputs[input])))
      found.push({ ...difference(`${place} lost ${listed(lost)}`), failing: promptsOf(users) })
    }
  }
  for (const key of ['min', 'max', 'step', 'default']) {
    const [was, is] = [before.options[key], now.options[key]].map((value) => JSON.stringify(value))
    if (was !== is && before.values === null) found.push(difference(`${key} of ${place} was ${was} and is ${is}`))
  }
  if (!before.required && now.required) found.push(difference(`${place} has become required`))
  return found
}

const listed = (values: readonly string[]) =>
  `${counted(values.length, 'value')} (${values.slice(0, 5).join(', ')}${values.length > 5 ? ', …' : ''})`

const promptsOf = (uses: readonly NodeUse[]) => [...new Set(uses.map(({ prompt }) => prompt))]
