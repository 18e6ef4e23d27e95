import * as z from 'zod'
import { type Action, actionSchema } from './actions.ts'
import { type Anchor, anchorSchema } from './anchors.ts'
import { applies } from './applies.ts'

/** One fault: what happens, where, and how often. */
export interface Fault {
  /** It begins when the anchor is seen for that time. */
  readonly nth: number
  /** The service has done what it was asked for, or the message was sent, when the fault happens. */
  readonly after: boolean
  readonly at: Anchor
  readonly do: Action
  /** How often in a row. */
  readonly times: number | 'always'
}

/** Why an action cannot be done at an anchor; null when it can. */
export function misplaced({ at, do: action }: Pick<Fault, 'at' | 'do'>): 'anchor' | 'request' | null {
  const { at: places, only } = applies[action.kind]
  if (!places.includes(at.kind)) return 'anchor'
  if (at.kind !== 'request' || !only) return null
  return only.some((asked) => isBelow(`${at.method} ${at.path}`, asked)) ? null : 'request'
}

/** Whether it needs connections of its own to act on. */
export function needsWire({ at, do: action }: Fault): boolean {
  if (action.kind === 'dropHeader') return action.header.toLowerCase() === 'content-type'
  return (applies[action.kind].wire?.includes(at.kind) ?? false) || (action.kind === 'close' && action.code === 1006)
}

/** Whether a path is this one, or one below it. */
export const isBelow = (path: string, above: string): boolean =>
  path === above || path.startsWith(above.endsWith('/') ? above : `${above}/`)

const number = z.int().min(1).max(1_000_000)

/** Checks data that did not come from `parseFault`. */
export const faultSchema = z
  .strictObject({
    nth: number,
    after: z.boolean(),
    at: anchorSchema,
    do: actionSchema,
    times: z.union([number, z.literal('always')]),
  })
  .refine((fault) => misplaced(fault) === null, 'the action cannot be done at this anchor')
  .refine((fault) => !(fault.after && applies[fault.do.kind].changes), 'the action is neither before nor after')
