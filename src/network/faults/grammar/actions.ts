import * as z from 'zod'
import { Form, type Said } from './form.ts'

/** What a fault does, in the words that name it. */
export const actionTexts = {
  status: 'status <status> [as <as>] [saying <saying>] [with retry-after <seconds>] [to <url>] [after <sent> sent]',
  empty: 'empty body',
  garbage: 'garbage',
  lag: 'lagging history',
  setField: 'field <member> = <json>',
  dropField: 'no field <member>',
  renameField: 'field <member> as <name>',
  setHeader: 'header <header> = <text>',
  dropHeader: 'no header <header>',
  nodeErrors: 'node errors',
  noOutputs: 'no outputs',
  nameTaken: 'name taken',
  missingModel: 'no model <model>',
  shortBody: 'short body [of <size>]',
  damage: '<damage> file',
  delay: 'delay <pause>',
  slow: 'slow <rate> per second',
  slice: 'slice <size> [every <pause>]',
  truncate: 'truncate [after <received>]',
  wrongLength: 'wrong length',
  reset: 'reset [after <sent> sent] [after <received> received]',
  hang: 'hang [for <pause>] [after <sent> sent] [after <received> received]',
  noAnswer: 'no answer',
  malformed: 'malformed chunk',
  random: 'random data',
  slowClose: 'slow close <pause>',
  refuse: 'refuse [<connections> connections]',
  drop: 'drop',
  duplicate: 'duplicate',
  reorder: 'reorder',
  close: 'close <code>',
  silence: 'silence',
  restart: 'restart [<files> files] [refusing <connections> connections]',
  interrupt: 'interrupt',
  clearHistory: 'clear history',
  clearQueue: 'clear queue',
  outOfMemory: 'out of memory',
  raise: 'raise <exception> [<text>]',
  diskFull: 'disk full',
  ignore: 'ignore',
  fail: 'fail [with <exit>] [saying <saying>]',
  kill: 'kill [with <signal>]',
} as const

export type ActionKind = keyof typeof actionTexts

type ActionOf<Kind extends ActionKind> = { readonly kind: Kind } & Said<(typeof actionTexts)[Kind]>

/** What a fault does. What is null was not said and has its usual value. */
export type Action = { [Kind in ActionKind]: ActionOf<Kind> }[ActionKind]

export const actionForms = Object.entries(actionTexts).map(([kind, text]) => ({
  kind: kind as ActionKind,
  form: new Form(text),
}))

export const actionSchema = z.discriminatedUnion(
  'kind',
  actionForms.map(({ kind, form }) => form.schema.extend({ kind: z.literal(kind) })) as never,
) as unknown as z.ZodType<Action>
