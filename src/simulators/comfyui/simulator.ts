import type { ComfyuiKnowledge } from '../../recording/comfyui-knowledge.ts'
import type { Clock, SimulatedService, SocketEnd } from '../simulator.ts'
import { behavioursWith } from './behaviours/behaviours.ts'
import type { NodeBehaviour } from './behaviours/node-behaviour.ts'
import type { Outbox } from './execute/prompt-run.ts'
import { createFileStore, type FileStore } from './files/file-store.ts'
import { plainCounters } from './files/folder-paths.ts'
import { restoreInputs } from './files/restore-files.ts'
import { KnowledgeRunner } from './knowledge-runner.ts'
import { readObjectInfo, withDeclared } from './object-info.ts'
import { emptyAnswer } from './routes/aiohttp.ts'
import { createApp, isForeignOrigin } from './routes/app.ts'
import { rulesOf } from './rules.ts'
import { ServerModel } from './server/server-model.ts'

export interface ComfyuiSimulator extends SimulatedService {
  /** What is on the simulated server's disk. */
  readonly files: FileStore
  report(): ComfyuiReport
}

export interface ComfyuiReport {
  /** Version of the server that it answers as. */
  readonly version: string
  /** Device of that server, as it names it. */
  readonly device: string
  /** Classes that ran although the recording never saw them run: their results and durations are defaults. */
  readonly synthetic: readonly string[]
  /** Classes whose texts or numbers were made up, for the recording has none for what they were given. */
  readonly madeUp: readonly string[]
  /** Classes that ran. */
  readonly ran: ReadonlySet<string>
  /** Prompts that wait or run. */
  readonly remaining: number
  /** Why nothing runs any more: the exception that a real server's worker dies of. */
  readonly wedged: string | null
}

export interface ComfyuiOptions {
  readonly knowledge: ComfyuiKnowledge
  readonly clock: Clock
  readonly newId: () => string
  readonly files?: FileStore
  /** No event overtakes the answer of `POST /prompt`, whatever time that takes; only for a server that sends real answers. */
  readonly answersFirst?: boolean | undefined
  /** Puts something around what is said about prompts. */
  readonly outbox?: (hub: Outbox) => Outbox
  /** What classes do that neither this program nor a recording tells. */
  readonly behaviours?: readonly NodeBehaviour[] | undefined
}

/**
 * A ComfyUI server as the recording knows it: any graph is validated, queued and run by the server's rules, with the clock's
 * time. `newId` makes prompt and socket ids.
 */
export function comfyuiSimulator({
  knowledge,
  clock,
  newId,
  files: disk = createFileStore({ clock }),
  answersFirst,
  outbox,
  behaviours = [],
}: ComfyuiOptions): ComfyuiSimulator {
  const objectInfo = withDeclared(readObjectInfo(knowledge.nodeClasses), behaviours)
  const known = behavioursWith(behaviours)
  const { classes, answers, entries, argv } = knowledge
  const rules = rulesOf(knowledge.version)
  const files = rules.plainNames ? countingPlainNames(disk) : disk
  restoreInputs(files, entries)
  const parts = { objectInfo, files, clock, behaviours: known, rules }
  const runner = new KnowledgeRunner({ ...parts, classes, recorded: knowledge, previews: hasPreviews(argv) })
  const model = new ServerModel({ ...parts, answers, entries, runner, newId, answersFirst, outbox })
  return {
    ...serviceOf(model),
    files,
    report: () => ({
      version: knowledge.version,
      device: knowledge.device,
      synthetic: [...runner.synthetic].sort(),
      madeUp: [...runner.unlearnt].sort(),
      ran: runner.ran,
      remaining: model.queue.remaining,
      wedged: model.worker.died?.message ?? null,
    }),
  }
}

function countingPlainNames(files: FileStore): FileStore {
  return { ...files, savePath: (prefix, type, size) => files.savePath(prefix, type, size, plainCounters) }
}

/** The routes and the socket of a server model. */
export function serviceOf(model: ServerModel): SimulatedService {
  const app = createApp(model)
  return {
    name: 'comfyui',
    http: async (request) => app.fetch(request),
    upgrade(request) {
      const { pathname, searchParams } = new URL(request.url)
      if (pathname !== '/ws' && pathname !== '/api/ws') return null
      if (isForeignOrigin(request)) return emptyAnswer(403)
      return (end: SocketEnd) => model.hub.accept(searchParams.get('clientId') ?? '', end)
    },
  }
}

/** `--preview-method` other than `none`, which is the default. */
function hasPreviews(argv: readonly string[]): boolean {
  const at = argv.indexOf('--preview-method')
  return at >= 0 && argv[at + 1] !== 'none'
}
