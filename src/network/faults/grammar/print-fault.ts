import { type Action, actionForms } from './actions.ts'
import { type Anchor, anchorForms } from './anchors.ts'
import type { Fault } from './fault.ts'

/** A fault in its one canonical spelling, which `parseFault` reads as the same fault. */
export function printFault({ nth, after, at, do: action, times }: Fault): string {
  const often = times === 1 ? '' : times === 'always' ? ', always' : `, times ${times}`
  return `${after ? 'after ' : ''}${nth === 1 ? '' : `${ordinal(nth)} `}${printAnchor(at)}: ${printAction(action)}${often}`
}

/** `step 2 of job 4` */
export function printAnchor(anchor: Anchor): string {
  return anchorForms.find(({ kind }) => kind === anchor.kind)!.form.write(anchor)
}

/** `status 524 as html` */
export function printAction(action: Action): string {
  return actionForms.find(({ kind }) => kind === action.kind)!.form.write(action)
}

/** `1st`, `2nd`, `11th` */
export function ordinal(number: number): string {
  const ending = number % 100 >= 11 && number % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
  return `${number}${ending}`
}
