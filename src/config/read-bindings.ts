import * as z from 'zod'
import { type Bindings, type Role, rolesOf } from '../domain/bindings.ts'
import type { Read } from './read-template.ts'
import { type Path, readYaml, schemaProblems, strictObject } from './yaml-document.ts'

export interface ReadBindings {
  readonly bindings: Bindings
  /** Line (from 1) of what stands at a path. */
  readonly lineOf: (path: Path) => number
}

/** Reads `bindings.yaml`; its default parts are filled in. What it says about nodes is checked against the templates. Never throws. */
export function readBindings(file: string, text: string): Read<ReadBindings> {
  const document = readYaml(file, text)
  if (document.problems.length > 0) return { value: null, problems: document.problems }
  const { success, data, error } = bindingsSchema.safeParse(document.value)
  if (!success) return { value: null, problems: schemaProblems(file, document, error) }
  return { value: { bindings: data, lineOf: document.lineOf }, problems: [] }
}

const word = (what: string) => z.string({ error: `must be ${what}.` }).min(1, { error: `must be ${what}.` })

const nodeRef = {
  id: word('a node id in quotes').optional(),
  title: word('the title of a node').optional(),
  class: word('the class of a node').optional(),
}

const place = oneRef(strictObject({ ...nodeRef, input: word('the name of an input') }))

const setting = oneRef(
  strictObject({
    ...nodeRef,
    input: word('the name of an input'),
    value: z.json({ error: 'must be a value that JSON can hold.' }).optional(),
    from: oneRef(
      strictObject({ ...nodeRef, slot: z.int({ error: 'must be the number of an output, from 0.' }).min(0) }),
    ).optional(),
  }),
).refine((given) => (given.value === undefined) !== (given.from === undefined), {
  error: 'needs either "value" or "from".',
})

const removals = z
  .array(oneRef(strictObject({ ...nodeRef, bypass: word('the name of an input').optional() })), {
    error: 'must be a list.',
  })
  .default([])

const outputs = strictObject({
  latent: oneRef(strictObject(nodeRef)).optional(),
  video: oneRef(strictObject(nodeRef)).optional(),
  film: oneRef(strictObject(nodeRef)).optional(),
}).default({})

const bindingsSchema: z.ZodType<Bindings> = strictObject({
  render: strictObject({
    inputs: places('render'),
    high: variant('render'),
    low: variant('render'),
    without_reference_image: removals,
    without_control_video: removals,
  }),
  combine: strictObject({ inputs: places('combine'), first: variant('combine'), later: variant('combine') }),
})

function variant(template: 'render' | 'combine') {
  const set = z.array(setting, { error: 'must be a list.' }).default([])
  return strictObject({ inputs: places(template), set, remove: removals, outputs })
}

function places(template: 'render' | 'combine') {
  const oneOrMore = z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(place))
  const shape = Object.fromEntries(rolesOf(template).map((role) => [role, oneOrMore.optional()]))
  return strictObject(shape as Record<Role, z.ZodOptional<typeof oneOrMore>>).default({} as never)
}

function oneRef<
  Schema extends z.ZodType<{ id?: string | undefined; title?: string | undefined; class?: string | undefined }>,
>(schema: Schema) {
  return schema.refine((ref) => [ref.id, ref.title, ref.class].filter((key) => key !== undefined).length === 1, {
    error: 'must name a node by exactly one of id, title and class.',
  })
}
