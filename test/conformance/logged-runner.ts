import { defaultRun } from '../../src/simulators/comfyui/behaviours/default-run.ts'
import { CallInputs } from '../../src/simulators/comfyui/behaviours/node-inputs.ts'
import { nodeResult } from '../../src/simulators/comfyui/behaviours/node-return.ts'
import { ownNode } from '../../src/simulators/comfyui/behaviours/own-node.ts'
import { linkOf } from '../../src/simulators/comfyui/execute/dynamic-prompt.ts'
import type { NodeCall, NodeOutcome, NodeResult } from '../../src/simulators/comfyui/execute/node-runner.ts'
import type { Value } from '../../src/simulators/comfyui/execute/value.ts'
import { KnowledgeRunner, type KnowledgeRunnerParts } from '../../src/simulators/comfyui/knowledge-runner.ts'
import { type Py, PythonError } from '../../src/simulators/comfyui/python/py.ts'
import type { LoggedFacts } from './logged-facts.ts'

/** No node of the recorded server took no time at all: requests found it at work. */
const SHORTEST_MS = 1

/** Exceptions, texts and numbers of images as the scenario's log has them; everything else is computed. */
export class LoggedRunner extends KnowledgeRunner {
  private readonly facts: LoggedFacts
  private readonly own: KnowledgeRunnerParts

  constructor(parts: KnowledgeRunnerParts, facts: LoggedFacts) {
    super(parts)
    this.own = parts
    this.facts = facts
  }

  /** The server takes the wanted inputs in the order of a Python set. */
  override lazyRequest(call: NodeCall): readonly string[] {
    const { inputs } = call.graph.node(call.nodeId)
    const place = (name: string) => this.facts.placeOf(call.promptId, linkOf(inputs.get(name))?.node ?? '')
    return super.lazyRequest(call).toSorted((a, b) => place(a) - place(b) || 0)
  }

  override run(call: NodeCall): NodeOutcome {
    const { promptId, nodeId, graph } = call
    const error = this.facts.errorOf(promptId, nodeId, graph.realId(nodeId))
    const recorded = this.facts.outputOf(promptId, nodeId)
    const images = recorded?.get('images')
    const fitted = Array.isArray(images) && !recorded?.has('animated') ? withImages(call, images.length) : call
    const outcome = this.started(fitted)
    const isAsync = this.traits(call.classType)?.isAsync
    return {
      ...outcome,
      durationMs: isAsync ? outcome.durationMs : Math.max(SHORTEST_MS, outcome.durationMs),
      finish: () => {
        if (error) throw new PythonError(error.type, error.message)
        const result = this.finished(fitted, outcome)
        const texts = recorded?.get('text')
        return Array.isArray(texts) && result.ui?.has('text') ? withText(result, texts, call.index) : result
      },
    }
  }

  /** What a node fails with here but not in the log comes of made up values, and counts for nothing. */
  private started(call: NodeCall): NodeOutcome {
    try {
      return super.run(call)
    } catch (error) {
      if (!(error instanceof PythonError)) throw error
      return { durationMs: 0, ticks: [], finish: () => this.madeUp(call) }
    }
  }

  private finished(call: NodeCall, outcome: NodeOutcome): NodeResult {
    try {
      return outcome.finish()
    } catch (error) {
      if (!(error instanceof PythonError)) throw error
      return this.madeUp(call)
    }
  }

  private madeUp(call: NodeCall): NodeResult {
    const traits = this.traits(call.classType)!
    const node = ownNode(call, this.own, {
      traits,
      knowledge: undefined,
      recorded: { shown: () => undefined, value: () => undefined },
      instanceLetters: () => 'aaaaa',
      madeUp: () => {},
    })
    return nodeResult(defaultRun(new CallInputs(call), node), traits)
  }
}

/** How many frames a loaded file has is not known; a node that reports one image per frame tells it. */
function withImages(call: NodeCall, count: number): NodeCall {
  if ([...call.lists.values()].some((list) => list.length > 1)) return call
  const fit = (value: Value): Value =>
    value.kind === 'images' && value.images.segments.reduce((sum, { frames }) => sum + frames, 0) !== count
      ? { ...value, images: { ...value.images, segments: [{ frames: count, colour: 0 }] } }
      : value
  return { ...call, inputs: new Map(Array.from(call.inputs, ([name, value]) => [name, fit(value)])) }
}

function withText(result: NodeResult, texts: readonly Py[], index: number): NodeResult {
  return { ...result, ui: new Map([...(result.ui ?? []), ['text', [texts[index] ?? texts.at(-1) ?? '']]]) }
}
