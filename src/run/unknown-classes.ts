import type { Templates } from '../domain/bindings.ts'
import type { Plan } from '../domain/plan.ts'
import { PromptRunnerError } from '../errors.ts'
import { plannedGraphs } from '../planning/planned-graphs.ts'
import type { ComfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import type { NodeBehaviour } from '../simulators/comfyui/behaviours/node-behaviour.ts'
import { OWN_REPLACEMENTS } from '../simulators/comfyui/schema/node-replacements.ts'

/**
 * PR_RECORDING for a recording that does not know the classes of a plan, so that a rehearsal on it would prove nothing; null when it
 * knows them all.
 */
export function unknownClasses(
  plans: readonly Plan[],
  templates: Templates,
  recording: { name: string; knowledge: ComfyuiKnowledge; behaviours: readonly NodeBehaviour[] | undefined },
): PromptRunnerError | null {
  const { name, knowledge, behaviours = [] } = recording
  const declared = new Set(behaviours.map(({ classType }) => classType))
  const isKnown = (each: string) => knowledge.nodeClasses.has(each) || declared.has(each) || OWN_REPLACEMENTS.has(each)
  // The jobs of one film are of every kind.
  const graphs = plannedGraphs(plans.slice(0, 1), templates)
  const used = new Set(graphs.flatMap(({ graph }) => Object.values(graph).map((node) => node.class_type)))
  const unknown = [...used].filter((each) => !isKnown(each))
  if (unknown.length === 0) return null
  return new PromptRunnerError(
    'PR_RECORDING',
    `the recording ${name} does not know what the plan is made of: ${unknown.join(', ')}`,
    {
      hint: '`pr record --probe --classes all --name mine` takes all classes of a live server, which costs nothing; a plan is recorded with --prompt-file',
    },
  )
}
