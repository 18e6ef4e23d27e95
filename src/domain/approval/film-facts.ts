import type { Templates } from '../bindings.ts'
import { isJoinedHere, type Plan } from '../plan.ts'
import { type PlanFact, planFact } from './plan-fact.ts'

/** What prompts, settings, templates and the user's own files decide of the films. `digests`: of those files, by their paths. */
export function filmFacts(
  plans: readonly Plan[],
  templates: Templates,
  digests: ReadonlyMap<string, string>,
): PlanFact[] {
  return [...plans.flatMap((plan) => factsOf(plan, digests)), ...templateFacts(templates)]
}

/** The user's own files that films are made from. */
export function inputFilesOf(plans: readonly Plan[]): Set<string> {
  return new Set(plans.flatMap(({ referenceImage, controlVideo }) => [referenceImage ?? [], controlVideo ?? []].flat()))
}

function factsOf(plan: Plan, digests: ReadonlyMap<string, string>): PlanFact[] {
  const { videoName: film, chunks } = plan
  const facts = (part: PlanFact['part'], named: Readonly<Record<string, string | number>>) =>
    Object.entries(named).map(([name, value]) => planFact({ part, film, name }, value))
  const inputs = { 'reference image': plan.referenceImage, 'control video': plan.controlVideo }
  const { highModel, lowModel, highLora, lowLora, textEncoder, vae } = plan.models
  return [
    ...facts('prompt', { prompt: plan.positivePrompt, 'negative prompt': plan.negativePrompt }),
    ...facts('prompt', { frames: plan.totalFrames }),
    ...Object.entries(inputs).flatMap(([name, path]) =>
      path === null ? [] : [planFact({ part: 'input', film, name }, path, digests.get(path) ?? '')],
    ),
    ...facts('setting', { width: plan.width, height: plan.height, 'frames per second': plan.fps }),
    ...(isJoinedHere(plan) ? facts('setting', { combine: 'once' }) : []),
    ...facts('setting', { 'frames per chunk': plan.framesPerChunk, steps: plan.steps, cfg: plan.cfg, seed: plan.seed }),
    ...chunks
      .filter(({ number, seed }) => seed !== plan.seed + number - 1)
      .map(({ number, seed }) => planFact({ part: 'setting', film, name: `seed of chunk ${number}` }, seed)),
    ...facts('model', { 'HIGH model': highModel, 'LOW model': lowModel, 'HIGH LoRA': highLora, 'LOW LoRA': lowLora }),
    ...facts('model', { 'text encoder': textEncoder, VAE: vae }),
  ]
}

function templateFacts({ render, combine, bindings, files }: Templates): PlanFact[] {
  const contents = { render, combine, bindings }
  return (['render', 'combine', 'bindings'] as const).map((name) =>
    planFact({ part: 'template', film: null, name }, files[name], JSON.stringify(contents[name])),
  )
}
