import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { readTemplate } from '../config/read-template.ts'
import { shippedWorkflows } from '../config/templates.ts'
import { allOf } from '../domain/all-of.ts'
import type { Graph } from '../domain/graph.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'

/** One thing that a recording run does: upload a file, or have a workflow executed. */
export type Step =
  | { readonly name: string; readonly kind: 'upload'; readonly path: string }
  | {
      readonly name: string
      readonly kind: 'workflow'
      /** May hold `{{run}}` and `{{file:<name of an earlier step>}}` in its strings. */
      readonly graph: Graph
      /** The run is interrupted as soon as this node executes; null: never. */
      readonly interruptAt: string | null
    }

const stepList = z.array(
  z.strictObject({
    name: z.string(),
    upload: z.string().optional(),
    workflow: z.string().optional(),
    interruptAt: z.string().optional(),
  }),
)

/** The shipped set: needs no model and no custom node, takes seconds on a CPU. */
export async function smokeSteps(): Promise<Step[]> {
  const folder = join(shippedWorkflows(), 'smoke')
  const list = stepList.parse(JSON.parse(await readFile(join(folder, 'steps.json'), 'utf8')))
  return allOf(
    list.map(async ({ name, upload, workflow, interruptAt = null }): Promise<Step> => {
      if (upload !== undefined) return { name, kind: 'upload', path: join(folder, upload) }
      return { name, kind: 'workflow', graph: await readGraph(join(folder, workflow ?? '')), interruptAt }
    }),
  )
}

/** One step a file. Throws PR_TEMPLATE with all that is no workflow in API format. */
export function workflowSteps(paths: readonly string[]): Promise<Step[]> {
  return allOf(
    paths.map(async (path) => ({
      name: basename(path),
      kind: 'workflow' as const,
      graph: await readGraph(path),
      interruptAt: null,
    })),
  )
}

async function readGraph(path: string): Promise<Graph> {
  const text = await readInputText(path).catch((cause: Error) => {
    throw new PromptRunnerError('PR_TEMPLATE', `reading the workflow ${path} failed: ${cause.message}`, { cause })
  })
  const { value, problems } = readTemplate(path, text)
  if (value === null) throw new PromptRunnerError('PR_TEMPLATE', `${path} cannot be run`, { problems })
  return value
}
