import type { MediaClient } from '../clients/clients.ts'
import { readPrompts } from '../config/read-prompts.ts'
import type { Settings } from '../config/settings-types.ts'
import { loadTemplates } from '../config/templates.ts'
import { jobId } from '../domain/ids.ts'
import { makePlan } from '../domain/make-plan.ts'
import type { Plan } from '../domain/plan.ts'
import { jobsOf } from '../domain/plan.ts'
import type { Prompt } from '../domain/prompt.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText, unreadable } from '../files/read-input.ts'
import { checkPlans, type PlanFinding, problemsOf } from '../planning/check-plans.ts'
import { checkControlVideos } from '../planning/control-videos.ts'
import { checkGraph, type OfflineServer } from '../simulators/comfyui/offline/check-graph.ts'
import { type InputFiles, sortInputFiles } from './input-files.ts'

/** What was looked at, and everything that is wrong with it. */
export interface Validation {
  readonly checked: {
    readonly promptFiles: number
    /** Template folders; `shipped` for the ones that come with the program. */
    readonly templates: readonly string[]
    readonly jobs: number
    readonly workflows: number
  }
  readonly problems: readonly PlanFinding[]
  /** Sentences about what could not be looked at. */
  readonly warnings: readonly string[]
}

interface ValidationOptions {
  readonly settings: Settings
  readonly media: Pick<MediaClient, 'probe'>
  readonly server: OfflineServer
  readonly strict: boolean
}

/**
 * Checks files as a run would use them: prompt files, template folders, workflows in API format; without any, all that the
 * settings name. Faulty prompt files do not keep the templates from being checked: a film of two chunks then stands in.
 */
export async function validateInputs(files: readonly string[], options: ValidationOptions): Promise<Validation> {
  const { settings, server, strict } = options
  const problems: PlanFinding[] = []
  const input: InputFiles =
    files.length > 0
      ? await sortInputFiles(files)
      : { prompts: [settings.prompts], templates: [settings.workflows], workflows: [], problems: [] }
  problems.push(...input.problems)

  const prompts = await collect(input.prompts, readPrompts, problems, ({ files, dir }) => files[0] ?? dir)
  const plans = (await collect(prompts.flat(), planOf(settings), problems, ({ file }) => file)).flat()
  const warnings = (
    await collect(
      [plans],
      (each) => checkControlVideos(each, options.media),
      problems,
      () => '',
    )
  ).flat()
  const folders = input.templates.length === 0 && input.prompts.length > 0 ? [settings.workflows] : input.templates
  const templates = await collect(folders, loadTemplates, problems, nameOf)
  const checkable = plans.length > 0 ? plans : [planOf(settings)(standIn(settings))]
  for (const each of templates) problems.push(...checkPlans(checkable, each, server, { strict }))

  const graphs = await collect(input.workflows, readWorkflow, problems, (file) => file)
  for (const { file, text } of graphs) problems.push(...checkGraph(text, server, { file, strict }))
  const jobs = plans.flatMap(jobsOf).length
  return {
    checked: {
      promptFiles: Math.max(prompts.flat().length, input.prompts.flatMap(({ files }) => files).length),
      templates: folders.map(nameOf),
      jobs,
      workflows: input.workflows.length,
    },
    problems,
    warnings,
  }
}

const planOf =
  (settings: Settings) =>
  (prompt: Prompt): Plan =>
    makePlan(prompt, settings.plan, jobId)

/** A film in which every kind of job occurs. */
function standIn({ plan }: Settings): Prompt {
  return {
    file: 'any prompt file',
    videoName: 'any film',
    totalFrames: 2 * plan.framesPerChunk,
    positivePrompt: 'anything',
    negativePrompt: '',
    overrides: {},
  }
}

async function readWorkflow(file: string): Promise<{ file: string; text: string }> {
  const text = await readInputText(file).catch((cause: Error) => {
    throw new PromptRunnerError('PR_FILE', unreadable(cause), { cause })
  })
  return { file, text }
}

const nameOf = (folder: string | null): string => folder ?? 'shipped'

/** The results of those that work; what the others throw becomes problems. */
async function collect<T, R>(
  items: readonly T[],
  work: (item: T) => R | Promise<R>,
  problems: PlanFinding[],
  fileOf: (item: T) => string,
): Promise<R[]> {
  const results: R[] = []
  for (const item of items) {
    try {
      results.push(await work(item))
    } catch (error) {
      if (!(error instanceof PromptRunnerError)) throw error
      problems.push(...problemsOf(error, fileOf(item)))
    }
  }
  return results
}
