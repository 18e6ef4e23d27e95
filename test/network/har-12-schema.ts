import * as z from 'zod'

/**
 * HAR 1.2 as its specification has it (http://www.softwareishard.com/blog/har-12-spec/): every required field, no field that the
 * standard does not know unless its name starts with an underscore.
 */
const stamp = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/)
const size = z.int().min(-1)
const duration = z.number().min(-1)
const comment = z.string().optional()

function object<T extends z.ZodRawShape>(shape: T) {
  return z
    .object(shape)
    .catchall(z.unknown())
    .check((context) => {
      const unknown = Object.keys(context.value).filter((key) => !(key in shape) && !key.startsWith('_'))
      for (const key of unknown)
        context.issues.push({ code: 'custom', input: context.value, message: `unknown field ${key}` })
    })
}

const pair = object({ name: z.string(), value: z.string(), comment })
const cookie = object({
  name: z.string(),
  value: z.string(),
  path: z.string().optional(),
  domain: z.string().optional(),
  expires: stamp.optional(),
  httpOnly: z.boolean().optional(),
  secure: z.boolean().optional(),
  comment,
})

const request = object({
  method: z.string(),
  url: z.url(),
  httpVersion: z.string(),
  cookies: z.array(cookie),
  headers: z.array(pair),
  queryString: z.array(pair),
  postData: object({
    mimeType: z.string(),
    params: z.array(pair).optional(),
    text: z.string().optional(),
    comment,
  }).optional(),
  headersSize: size,
  bodySize: size,
  comment,
})

const response = object({
  status: z.int(),
  statusText: z.string(),
  httpVersion: z.string(),
  cookies: z.array(cookie),
  headers: z.array(pair),
  content: object({
    size: size,
    compression: z.int().optional(),
    mimeType: z.string(),
    text: z.string().optional(),
    encoding: z.string().optional(),
    comment,
  }),
  redirectURL: z.string(),
  headersSize: size,
  bodySize: size,
  comment,
})

const timings = object({
  blocked: duration.optional(),
  dns: duration.optional(),
  connect: duration.optional(),
  send: z.number().min(0),
  wait: z.number().min(0),
  receive: z.number().min(0),
  ssl: duration.optional(),
  comment,
})

const entry = object({
  pageref: z.string().optional(),
  startedDateTime: stamp,
  time: z.number().min(0),
  request,
  response,
  cache: object({ comment }),
  timings,
  serverIPAddress: z.string().optional(),
  connection: z.string().optional(),
  comment,
})

export const har12 = object({
  log: object({
    version: z.literal('1.2'),
    creator: object({ name: z.string(), version: z.string(), comment }),
    browser: object({ name: z.string(), version: z.string(), comment }).optional(),
    pages: z.array(z.looseObject({})).optional(),
    entries: z.array(entry),
    comment,
  }),
})
