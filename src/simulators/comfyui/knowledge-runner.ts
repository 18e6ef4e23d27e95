import { stepCost } from '../../domain/estimate/step-cost.ts'
import type { ClassKnowledge } from '../../recording/comfyui-knowledge.ts'
import type { Clock } from '../simulator.ts'
import type { Behaviours } from './behaviours/behaviours.ts'
import { refuseOption } from './behaviours/core-functions.ts'
import { defaultRun, passedOn } from './behaviours/default-run.ts'
import { CallInputs } from './behaviours/node-inputs.ts'
import { nodeResult, pyOf } from './behaviours/node-return.ts'
import { nodeServer, ownNode } from './behaviours/own-node.ts'
import { type RecordedTexts, recordedNode } from './behaviours/recorded-node.ts'
import type { NodeReturn, ProgressTick } from './behaviours/running-node.ts'
import { checkArguments, refuseBareOptions, type Signature, signatureOf } from './behaviours/signature.ts'
import {
  type ClassTraits,
  classTraits,
  type NodeCall,
  type NodeOutcome,
  type NodeRunner,
  type Tick,
} from './execute/node-runner.ts'
import { plainGraph } from './execute/plain-graph.ts'
import type { FileStore } from './files/file-store.ts'
import type { ObjectInfo } from './object-info.ts'
import { isDict, type Py, type PyDict, PythonError } from './python/py.ts'
import type { Rules } from './rules.ts'

export interface KnowledgeRunnerParts {
  readonly objectInfo: ObjectInfo
  readonly classes: ReadonlyMap<string, ClassKnowledge>
  readonly files: FileStore
  readonly clock: Clock
  /** Whether the server was started with a preview method: only then samplers send pictures. */
  readonly previews: boolean
  readonly behaviours: Behaviours
  readonly rules: Rules
  /** Answers of the recorded server to nodes as they were. */
  readonly recorded: RecordedTexts
}

/** Nodes as the recording shows them: durations and files from there, results from small behaviours by class. */
export class KnowledgeRunner implements NodeRunner {
  /** Classes that ran without ever having been seen executing. */
  readonly synthetic = new Set<string>()
  /** Classes whose texts or numbers the recording does not tell for what they were given. */
  readonly unlearnt = new Set<string>()
  /** Every class that ran. */
  readonly ran = new Set<string>()
  private readonly traitsOf = new Map<string, ClassTraits | null>()
  /** Node objects live as long as prompts contain the node; all they hold here is PreviewImage's random letters. */
  private instances = new Map<string, string>()
  private made = 0
  private readonly parts: KnowledgeRunnerParts

  constructor(parts: KnowledgeRunnerParts) {
    this.parts = parts
  }

  traits(classType: string): ClassTraits | null {
    let traits = this.traitsOf.get(classType)
    if (traits === undefined) {
      const info = this.parts.objectInfo.get(classType)
      const behaviour = this.parts.behaviours.get(classType)
      traits = isDict(info) ? classTraits(info, behaviour) : null
      this.traitsOf.set(classType, traits)
    }
    return traits
  }

  beginPrompt(prompt: PyDict): void {
    this.instances = new Map([...this.instances].filter(([key]) => prompt.has(key.slice(0, key.indexOf('\n')))))
  }

  fingerprint(classType: string, constants: PyDict): Py | undefined {
    const hook = this.parts.behaviours.get(classType)?.isChanged
    if (!hook) return undefined
    try {
      return [pyOf(hook(constants, nodeServer(this.parts)))]
    } catch (error) {
      if (!(error instanceof PythonError)) throw error
      return Number.NaN
    }
  }

  lazyRequest(call: NodeCall): readonly string[] {
    const { classType, inputs } = call
    const traits = this.traits(classType)!
    const main = this.signatureOf(classType)
    const lazyCheck = { ...main, name: `${main.name.split('.')[0]}.check_lazy_status` }
    checkArguments(lazyCheck, traits, traits.inputsOf(sentInputs(call)), inputs)
    const lazy = this.parts.behaviours.get(classType)?.checkLazyStatus
    return lazy ? lazy(new CallInputs(call)) : [...traits.lazyInputs].filter((name) => inputs.has(name))
  }

  run(call: NodeCall): NodeOutcome {
    const { classType, nodeId } = call
    const behaviour = this.parts.behaviours.get(classType)
    const knowledge = this.parts.classes.get(classType)
    const traits = this.traits(classType)!
    this.ran.add(classType)
    if (!knowledge) this.synthetic.add(classType)
    const declared = traits.inputsOf(sentInputs(call))
    checkArguments(this.signatureOf(classType), traits, declared, call.inputs)
    const inputs = new CallInputs(call)
    const instanceLetters = () => this.lettersOf(`${nodeId}\n${classType}`)
    const recorded = recordedNode(call, this.parts.recorded)
    const madeUp = () => void this.unlearnt.add(classType)
    const node = ownNode(call, this.parts, { traits, knowledge, recorded, instanceLetters, madeUp })
    const ticks = behaviour?.progress?.(inputs, node) ?? (behaviour?.run ? [] : recordedTicks(knowledge))
    const scale = scaleOf(inputs, knowledge)
    const stepMs = (knowledge?.stepMs ?? 0) * (stepScaleOf(call, knowledge) ?? scale)
    const ownMs = behaviour?.durationMs?.(inputs) ?? (knowledge?.ms ?? 0) * scale
    return {
      ...(behaviour?.semaphore && { limit: { name: classType, most: behaviour.semaphore } }),
      durationMs: ticks.length * stepMs + ownMs,
      ticks: ticks.map((tick, index) => this.timed({ atMs: (index + 1) * stepMs, ...tick })),
      finish: () => {
        refuseBareOptions(traits, declared, call.inputs)
        refuseOption(behaviour?.refuses, inputs, (name) => declared.inputs.get(name)?.get('options'))
        const returned = (behaviour?.run ?? defaultRun)(inputs, node)
        return nodeResult(
          isSaver(returned, traits) ? { ...returned, result: passedOn(inputs, node) } : returned,
          traits,
        )
      },
    }
  }

  /** JPEGs are pictures of the sampler's state; PNGs are what SaveImageWebsocket sends, whatever the preview method. */
  private timed({ preview, atMs = 0, ...tick }: ProgressTick): Tick {
    return { ...tick, atMs, ...(preview && (this.parts.previews || preview.format === 'png') && { preview }) }
  }

  private signatureOf(classType: string): Signature {
    const { behaviours, classes } = this.parts
    const learnt = classes.get(classType)?.functionName
    return signatureOf(classType, this.traits(classType)!, behaviours.get(classType), learnt)
  }

  private lettersOf(instance: string): string {
    let letters = this.instances.get(instance)
    if (letters === undefined) {
      this.made += 1
      letters = fiveLetters(this.made)
      this.instances.set(instance, letters)
    }
    return letters
  }
}

/** A class whose code nobody wrote down counts as it did when it was recorded. */
function recordedTicks(knowledge: ClassKnowledge | undefined): ProgressTick[] {
  const max = knowledge?.steps ?? 0
  return Array.from({ length: max }, (_, index) => ({ progress: { value: BigInt(index + 1), max: BigInt(max) } }))
}

/** A class that shows something, and by its declaration gives something too: newer save nodes give what they saved. */
function isSaver(returned: NodeReturn | undefined, { outputs }: ClassTraits): boolean {
  return returned?.ui !== undefined && !returned.result && !returned.expand && outputs.length > 0
}

/** The node's inputs as the prompt has them. */
function sentInputs({ graph, nodeId }: NodeCall): PyDict {
  return graph.node(nodeId).inputs
}

/** Work grows with the pixels that a node handles, as far as both the recording and the call tell their number. */
function scaleOf(inputs: CallInputs, knowledge: ClassKnowledge | undefined): number {
  const volume = inputs.volume()
  return knowledge?.volume && volume ? volume / knowledge.volume : 1
}

/** A step of a sampler grows with what its model computes, as an estimate has it; null where one of the two does not tell that. */
function stepScaleOf({ graph, nodeId }: NodeCall, knowledge: ClassKnowledge | undefined): number | null {
  if (!knowledge?.stepCost) return null
  const cost = stepCost(plainGraph(graph), graph.realId(nodeId))
  return cost === null ? null : cost / knowledge.stepCost
}

/** Different for every number, and not in alphabetical order: the server draws them at random. */
function fiveLetters(number: number): string {
  const letters = 'abcdefghijklmnopqrstupvxyz'
  let state = Math.imul(number, 0x9e3779b1) >>> 0
  return Array.from({ length: 5 }, () => {
    const letter = letters[state % letters.length]!
    state = Math.floor(state / letters.length)
    return letter
  }).join('')
}
