import { type ActionKind, actionForms } from './actions.ts'
import { anchorForms, anchorMeanings } from './anchors.ts'
import { applies } from './applies.ts'
import { slots } from './slots.ts'

/** One table of the help on faults. */
export interface FaultTopic {
  readonly title: string
  readonly rows: ReadonlyArray<readonly [left: string, right: string]>
}

/** All that `--fault` takes. */
export function faultTopics(): FaultTopic[] {
  const { message, call, event, file, method } = slots
  return [
    {
      title: 'Where (ANCHOR)',
      rows: anchorForms.map(({ kind, form }) => [form.shown, anchorMeanings[kind]]),
    },
    {
      title: 'Words in capitals',
      rows: [message, call, event, file, method].map((slot) => [slot.shows, slot.legal.join(', ')]),
    },
    ...groups.map(([title, kinds]) => ({
      title,
      rows: actionForms
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ kind, form }) => [form.shown, applies[kind].means] as const),
    })),
  ]
}

const groups: ReadonlyArray<readonly [title: string, kinds: readonly ActionKind[]]> = [
  [
    'What (ACTION), at requests and at the opening of the socket',
    ['status', 'empty', 'garbage', 'lag', 'ignore', 'delay', 'hang', 'reset', 'noAnswer', 'malformed', 'random'],
  ],
  [
    'What, to an answer of the service',
    [
      ...(['setField', 'dropField', 'renameField', 'setHeader', 'dropHeader', 'nodeErrors', 'noOutputs'] as const),
      ...([
        'nameTaken',
        'missingModel',
        'shortBody',
        'damage',
        'slow',
        'slice',
        'truncate',
        'wrongLength',
        'slowClose',
      ] as const),
    ],
  ],
  [
    'What, to a server, at any time',
    ['restart', 'refuse', 'interrupt', 'clearHistory', 'clearQueue', 'outOfMemory', 'raise', 'diskFull'],
  ],
  ['What, to the messages of sockets', ['drop', 'duplicate', 'reorder', 'close', 'silence']],
  ['What, here', ['fail', 'kill']],
]
