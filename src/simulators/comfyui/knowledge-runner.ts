import type { ClassKnowledge } from '../../recording/comfyui-knowledge.ts'
import type { Clock } from '../simulator.ts'
import { CallInputs } from './behaviours/call-inputs.ts'
import { computeBehaviours } from './behaviours/compute-all.ts'
import type { ComputeBehaviours, ComputeFacts, UntimedTick } from './behaviours/compute-behaviour.ts'
import { computeDefault } from './behaviours/compute-default.ts'
import { checkArguments, type PythonFunction, pythonFunction } from './behaviours/python-function.ts'
import { refuseOption } from './behaviours/refused-option.ts'
import {
  type ClassTraits,
  classTraits,
  type NodeCall,
  type NodeOutcome,
  type NodeRunner,
  type Tick,
} from './execute/node-runner.ts'
import type { FileStore } from './files/file-store.ts'
import type { ObjectInfo } from './object-info.ts'
import { dumpJson } from './python/dump.ts'
import { isDict, type Py, type PyDict, PythonError } from './python/py.ts'

export interface KnowledgeRunnerParts {
  readonly objectInfo: ObjectInfo
  readonly classes: ReadonlyMap<string, ClassKnowledge>
  readonly files: FileStore
  readonly clock: Clock
  /** Whether the server was started with a preview method: only then samplers send pictures. */
  readonly previews: boolean
  readonly behaviours?: ComputeBehaviours
}

/** Nodes as the recording shows them: durations and files from there, results from small behaviours by class. */
export class KnowledgeRunner implements NodeRunner {
  /** Classes that ran without ever having been seen executing. */
  readonly synthetic = new Set<string>()
  /** Every class that ran. */
  readonly ran = new Set<string>()
  private readonly traitsOf = new Map<string, ClassTraits | null>()
  /** Node objects live as long as prompts contain the node; all they hold here is PreviewImage's random letters. */
  private instances = new Map<string, string>()
  private made = 0
  private readonly parts: KnowledgeRunnerParts
  private readonly behaviours: ComputeBehaviours

  constructor(parts: KnowledgeRunnerParts) {
    this.parts = parts
    this.behaviours = parts.behaviours ?? computeBehaviours
  }

  traits(classType: string): ClassTraits | null {
    let traits = this.traitsOf.get(classType)
    if (traits === undefined) {
      const info = this.parts.objectInfo.get(classType)
      const behaviour = this.behaviours.get(classType)
      traits = isDict(info) ? classTraits(info, behaviour) : null
      this.traitsOf.set(classType, traits)
    }
    return traits
  }

  beginPrompt(prompt: PyDict): void {
    this.instances = new Map([...this.instances].filter(([key]) => prompt.has(key.slice(0, key.indexOf('\n')))))
  }

  fingerprint(classType: string, constants: PyDict): Py | undefined {
    const hook = this.behaviours.get(classType)?.fingerprint
    if (!hook) return undefined
    try {
      return hook(constants, this.parts)
    } catch (error) {
      if (!(error instanceof PythonError)) throw error
      return Number.NaN
    }
  }

  lazyRequest(call: NodeCall): readonly string[] {
    const behaviour = this.behaviours.get(call.classType)
    const traits = this.traits(call.classType)!
    const main = this.functionOf(call.classType)
    checkArguments({ ...main, name: `${main.name.split('.')[0]}.check_lazy_status` }, traits, call.inputs)
    if (behaviour?.lazy) return behaviour.lazy(new CallInputs(call))
    return [...traits.lazyInputs].filter((name) => call.inputs.has(name))
  }

  run(call: NodeCall): NodeOutcome {
    const { classType } = call
    const behaviour = this.behaviours.get(classType)
    const knowledge = this.parts.classes.get(classType)
    this.ran.add(classType)
    if (!knowledge) this.synthetic.add(classType)
    checkArguments(this.functionOf(classType), this.traits(classType)!, call.inputs)
    const inputs = new CallInputs(call)
    const facts = this.factsOf(call, knowledge)
    const ticks = behaviour?.ticks?.(inputs, facts) ?? []
    const scale = scaleOf(inputs, knowledge)
    const stepMs = (knowledge?.stepMs ?? 0) * scale
    const ownMs = behaviour?.duration?.(inputs) ?? (knowledge?.ms ?? 0) * scale
    return {
      ...(behaviour?.atOnce && { limit: { name: classType, most: behaviour.atOnce } }),
      durationMs: ticks.length * stepMs + ownMs,
      ticks: ticks.map((tick, index) => this.timed({ atMs: (index + 1) * stepMs, ...tick })),
      finish: () => {
        refuseOption(inputs, (name) => facts.traits.inputs.get(name)?.get('options'))
        return behaviour?.compute(inputs, facts) ?? computeDefault(inputs, facts)
      },
    }
  }

  /** JPEGs are pictures of the sampler's state; PNGs are what SaveImageWebsocket sends, whatever the preview method. */
  private timed({ preview, atMs = 0, ...tick }: UntimedTick): Tick {
    return { ...tick, atMs, ...(preview && (this.parts.previews || preview.format === 'png') && { preview }) }
  }

  private functionOf(classType: string): PythonFunction {
    return this.behaviours.get(classType)?.python ?? pythonFunction(classType, this.traits(classType)!)
  }

  private factsOf(call: NodeCall, knowledge: ClassKnowledge | undefined): ComputeFacts {
    const { files, clock } = this.parts
    return {
      files,
      clock,
      knowledge,
      traits: this.traits(call.classType)!,
      instanceLetters: () => this.lettersOf(`${call.nodeId}\n${call.classType}`),
      metadata: () => metadataOf(call),
    }
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

/** Work grows with the pixels that a node handles, as far as both the recording and the call tell their number. */
function scaleOf(inputs: CallInputs, knowledge: ClassKnowledge | undefined): number {
  const volume = inputs.volume()
  return knowledge?.volume && volume ? volume / knowledge.volume : 1
}

const promptTexts = new WeakMap<PyDict, string>()

/** Every file of a prompt carries the whole graph: its text is made once. */
function metadataOf({ graph, extraData }: NodeCall): Record<string, string> {
  const prompt = promptTexts.get(graph.original) ?? dumpJson(graph.original)
  promptTexts.set(graph.original, prompt)
  const extra = extraData.get('extra_pnginfo')
  const texts = isDict(extra) ? Array.from(extra, ([key, value]): [string, string] => [key, dumpJson(value)]) : []
  return Object.fromEntries([['prompt', prompt], ...texts])
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
