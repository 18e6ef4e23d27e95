import { type ActionKind, actionTexts } from './grammar/actions.ts'
import type { AnchorKind } from './grammar/anchors.ts'
import { applies } from './grammar/applies.ts'

const kinds = Object.keys(actionTexts) as ActionKind[]
const at = (...anchors: AnchorKind[]) =>
  kinds.filter((kind) => anchors.some((anchor) => applies[kind].at.includes(anchor)))

/** What is done to the frames of sockets. Messages have other faults, too, which happen in the server. */
const FRAMES: readonly ActionKind[] = ['drop', 'duplicate', 'reorder', 'garbage', 'close', 'silence']

/** Who can do which actions. */
export const can = {
  request: at('request', 'reference', 'session', 'part', 'lastPart', 'check', 'storage', 'pod'),
  socket: at('socket'),
  frame: FRAMES,
  server: at('message', 'step', 'node', 'end').filter((kind) => !FRAMES.includes(kind)),
  program: at('program', 'filmProgram'),
  event: at('event'),
  write: at('write'),
} as const
