import type { ComfyuiSimulator } from '../../simulators/comfyui/simulator.ts'
import type { ServiceName } from '../../simulators/simulator.ts'
import type { Line } from '../wire/on-wire.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Action } from './grammar/actions.ts'
import type { FileName, PromptBook } from './prompt-book.ts'
import type { FaultTime } from './wire-acts.ts'

/** Connections that are refused while a server starts, unless a fault says another number. */
const WHILE_STARTING = 3

/** In which way a file is damaged. */
export type Damage = Extract<Action, { kind: 'damage' }>['damage']

/** A ComfyUI that can die, and what others than its client can do to it. */
export interface FaultyComfyui {
  /** The same to all who look at it, whichever server stands behind it at the time. */
  readonly simulator: ComfyuiSimulator
  restart(files: 'with' | 'without'): void
  /** Any request, as from somebody else. */
  ask(path: string, body: object): Promise<void>
  damage(file: FileName, how: Damage, seed: string): void
  /** Puts a file of somebody else's where this one would go. */
  occupy(file: FileName): void
}

/** What faults can do to more than the one thing that they happen at. */
export interface World {
  readonly comfyui: FaultyComfyui
  /** Prompts that are to name no files. */
  readonly withoutOutputs: Set<string>
  /** Does what concerns more than one exchange; null for actions that do not, or when it is done already. */
  act(action: Action, service: ServiceName): Promise<void> | null
}

/** What the faults at requests and sockets of a service work with. */
export interface HttpFaults extends FaultTime {
  readonly plan: FaultPlan
  readonly book: PromptBook
  readonly world: World
}

/** The world of one plan of faults. `kill` ends this program. */
export function faultWorld(parts: {
  comfyui: () => FaultyComfyui
  lines: ReadonlyMap<ServiceName, Line>
  kill: (signal: NodeJS.Signals) => void
}): World {
  const { lines, kill } = parts
  return {
    get comfyui() {
      return parts.comfyui()
    },
    withoutOutputs: new Set(),
    act(action, service) {
      const comfyui = parts.comfyui()
      switch (action.kind) {
        case 'refuse':
          lines.get(service)?.cut(action.connections ?? 1)
          return null
        case 'restart':
          comfyui.restart(action.files ?? 'with')
          lines.get('comfyui')?.cut(action.connections ?? WHILE_STARTING)
          return null
        case 'interrupt':
          return comfyui.ask('/interrupt', {})
        case 'clearHistory':
          return comfyui.ask('/history', { clear: true })
        case 'clearQueue':
          return comfyui.ask('/queue', { clear: true })
        case 'kill':
          kill(action.signal ?? 'SIGKILL')
          return null
        default:
          return null
      }
    },
  }
}
