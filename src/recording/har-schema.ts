import * as z from 'zod'

/** One frame of a socket. */
export const socketMessage = z.looseObject({
  type: z.string(),
  time: z.number(),
  opcode: z.number(),
  data: z.string(),
  ...file(),
})

/**
 * What a HAR must have before this project works with it. Loose on purpose: browsers, Playwright and mitmproxy leave out
 * or add fields of their own, and all of those load.
 */
export const harSchema = z.looseObject({
  log: z.looseObject({
    version: z.string().optional(),
    creator: z.looseObject({ name: z.string(), version: z.string().optional() }).optional(),
    entries: z.array(
      z.looseObject({
        startedDateTime: z.string(),
        time: z.number().nullish(),
        request: z.looseObject({
          method: z.string(),
          url: z.string(),
          headers: headers(),
          postData: z.looseObject({ mimeType: z.string().optional(), ...body() }).nullish(),
        }),
        response: z.looseObject({
          status: z.number(),
          statusText: z.string().optional(),
          headers: headers(),
          content: z.looseObject({ mimeType: z.string().optional(), ...body() }).default({}),
        }),
        comment: z.string().optional(),
        _webSocketMessages: z.array(socketMessage).optional(),
        _pr: z.record(z.string(), z.unknown()).optional(),
      }),
    ),
    _pr: z.record(z.string(), z.unknown()).optional(),
  }),
})

export type LooseHar = z.infer<typeof harSchema>
export type LooseEntry = LooseHar['log']['entries'][number]

function headers() {
  return z.array(z.looseObject({ name: z.string(), value: z.string() })).default([])
}

function body() {
  return { text: z.string().optional(), encoding: z.string().optional(), ...file() }
}

function file() {
  return { _file: z.string().optional() }
}
