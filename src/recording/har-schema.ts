import * as z from 'zod'

/** One frame of a socket. */
export const socketMessage = z.looseObject({
  type: z.string(),
  time: z.number(),
  opcode: z.number(),
  data: z.string(),
  ...file(),
})

/** What makes a file a HAR. Its entries are looked at one by one, with `entrySchema`. */
export const harSchema = z.looseObject({
  log: z.looseObject({ entries: z.array(z.unknown()), _pr: facts() }),
})

/**
 * What an entry must have before this project works with it. Loose on purpose: browsers, Playwright and mitmproxy leave out
 * or add fields of their own, and what nobody needs may be anything.
 */
export const entrySchema = z.looseObject({
  startedDateTime: z.string().catch(''),
  time: z.number().catch(0),
  request: z.looseObject({
    method: z.string().min(1),
    url: z.string(),
    headers: headers(),
    postData: z.looseObject(body()).nullish(),
  }),
  response: z.looseObject({
    status: z.int(),
    headers: headers(),
    content: z
      .looseObject(body())
      .nullish()
      .transform((content) => content ?? noBody),
  }),
  comment: z.string().catch(''),
  _webSocketMessages: z
    .array(z.unknown())
    .nullish()
    .transform((messages) => messages ?? undefined),
  _pr: facts(),
})

export type LooseEntry = z.infer<typeof entrySchema>

const noBody: z.infer<z.ZodObject<ReturnType<typeof body>>> = {
  mimeType: '',
  text: undefined,
  encoding: undefined,
  _file: undefined,
}

const header = z.looseObject({ name: z.string(), value: z.union([z.string(), z.number()]).transform(String) })

/** Without those that are none. */
function headers() {
  return z
    .array(z.unknown())
    .catch([])
    .transform((list) => list.flatMap((each) => header.safeParse(each).data ?? []))
}

function body() {
  const text = z
    .string()
    .nullish()
    .transform((value) => value ?? undefined)
  return { mimeType: z.string().catch(''), text, encoding: text, ...file() }
}

function file() {
  const name = z.string().nullish()
  return { _file: name.transform((value) => value ?? undefined) }
}

function facts() {
  return z.record(z.string(), z.unknown()).catch({})
}
