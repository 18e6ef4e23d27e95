import type { ComfyuiKnowledge } from '../../../recording/comfyui-knowledge.ts'
import type { Clock } from '../../simulator.ts'
import type { Behaviours } from '../behaviours/behaviours.ts'
import type { NodeRunner } from '../execute/node-runner.ts'
import type { Outbox } from '../execute/prompt-run.ts'
import type { FileStore } from '../files/file-store.ts'
import type { ObjectInfo } from '../object-info.ts'
import { parseJson } from '../python/parse.ts'
import { dict, isDict, type Py, type PyDict, PythonError } from '../python/py.ts'
import type { Rules } from '../rules.ts'
import { OWN_REPLACEMENTS } from '../schema/node-replacements.ts'
import { type FindClass, nodeClasses } from '../validate/node-class.ts'
import { type PromptAnswer, validatePrompt } from '../validate/validate-prompt.ts'
import { History } from './history.ts'
import { PromptQueue } from './prompt-queue.ts'
import { SocketHub } from './socket-hub.ts'
import { Worker } from './worker.ts'

/** `--max-upload-size` in bytes, the default of 100 MB; it holds for every body. */
export const MAX_BODY = 104_857_600

const FEATURES: PyDict = dict({ supports_preview_metadata: true, max_upload_size: BigInt(MAX_BODY) })

export interface ServerModelParts {
  readonly objectInfo: ObjectInfo
  readonly answers: ComfyuiKnowledge['answers']
  /** What was recorded on routes that are not modelled. */
  readonly entries: ComfyuiKnowledge['entries']
  readonly files: FileStore
  readonly runner: NodeRunner
  readonly clock: Clock
  readonly newId: () => string
  readonly behaviours: Behaviours
  /** What a server of the recorded version does. */
  readonly rules: Rules
  /** The answer of `POST /prompt` leaves before anything is said about the prompt; the server tells when it has. */
  readonly answersFirst?: boolean | undefined
  /** Puts something around what is said about prompts. */
  readonly outbox?: ((hub: Outbox) => Outbox) | undefined
  /** The server takes the outputs in the order of a Python set, that is in any; without this, in document order. */
  readonly orderOutputs?: (promptId: string, outputs: Py[]) => Py[]
}

/** All that one simulated server holds in memory; the routes and the socket are views of it. */
export class ServerModel {
  readonly parts: ServerModelParts
  readonly history = new History()
  readonly hub: SocketHub
  readonly queue: PromptQueue
  readonly worker: Worker
  /** `GET /features`, which a socket is told too: as recorded, else as of 0.3.64. */
  readonly features: PyDict
  /** `GET /node_replacements`: as recorded, else those of ComfyUI itself; undefined where the server knows none. */
  readonly replacements: PyDict | undefined
  private readonly findClass: FindClass
  private counter = 0n

  constructor(parts: ServerModelParts) {
    this.parts = parts
    const { runner, clock, newId, objectInfo, behaviours, rules } = parts
    this.features = recordedDict(parts.answers, '/features') ?? FEATURES
    const recorded = recordedDict(parts.answers, '/node_replacements')
    this.replacements = rules.nodeReplacements ? (recorded ?? OWN_REPLACEMENTS) : undefined
    this.hub = new SocketHub({ features: this.features, newId, remaining: () => this.queue.remaining })
    this.queue = new PromptQueue(() => this.hub.broadcastStatus())
    const outbox = parts.outbox?.(this.hub) ?? this.hub
    this.worker = new Worker({ queue: this.queue, history: this.history, hub: this.hub, outbox, runner, rules, clock })
    this.findClass = nodeClasses(objectInfo, behaviours)
  }

  /** Whether nobody has queued anything yet. */
  get isUnused(): boolean {
    return this.counter === 0n
  }

  /** `POST /prompt`. Throws Python's TypeError when the item is queued but cannot be ordered. */
  submit(body: string): PromptAnswer {
    const { files, newId, rules, clock } = this.parts
    const { counter, findClass, replacements } = this
    const fileExists = (name: string) => files.exists(name)
    const answer = validatePrompt(body, {
      counter,
      newId,
      findClass,
      fileExists,
      rules,
      replacements,
      now: () => clock.now(),
    })
    this.counter = answer.counter
    if (answer.item) {
      const { promptId, outputs } = answer.item
      try {
        this.queue.put({ ...answer.item, outputs: this.parts.orderOutputs?.(promptId, outputs) ?? outputs })
      } finally {
        this.worker.wake()
      }
    }
    return answer
  }
}

function recordedDict(answers: ComfyuiKnowledge['answers'], path: string): PyDict | null {
  const answer = answers.get(path)
  if (answer?.status !== 200) return null
  try {
    const features = parseJson(Buffer.from(answer.body()).toString())
    return isDict(features) ? features : null
  } catch (error) {
    if (error instanceof PythonError) return null
    throw error
  }
}
