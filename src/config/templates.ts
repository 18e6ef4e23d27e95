import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bindings, Templates } from '../domain/bindings.ts'
import { checkBindings } from '../domain/check-bindings.ts'
import type { Graph } from '../domain/graph.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import { readTemplate } from './read-template.ts'

/** Written by the build beside the shipped `bindings.yaml`: reading YAML would take a tenth of the example's dry run. */
export const BUILT_BINDINGS = '.bindings.json'

/**
 * Loads `render.json`, `combine.json` and `bindings.yaml` of a folder, or the shipped ones for null.
 * Throws PR_TEMPLATE with all problems of both templates, else PR_BINDING with all that does not fit them.
 */
export async function loadTemplates(dir: string | null): Promise<Templates> {
  const folder = dir ?? shippedWorkflows()
  const name = (file: string) => (dir === null ? file : join(dir, file))
  const files = { render: name('render.json'), combine: name('combine.json'), bindings: name('bindings.yaml') }

  const [render, combine] = await Promise.all([
    loadGraph(files.render, join(folder, 'render.json')),
    loadGraph(files.combine, join(folder, 'combine.json')),
  ])
  const problems = [...render.problems, ...combine.problems]
  if (problems.length > 0)
    throw new PromptRunnerError('PR_TEMPLATE', `The workflow templates cannot be used.`, { problems })

  const templates = { render: render.graph, combine: combine.graph, files }
  const built = dir === null ? await readBuilt(folder) : null
  if (built) return { ...templates, bindings: built }
  return withBindings(templates, await readText('PR_BINDING', files.bindings, join(folder, 'bindings.yaml')))
}

/** The folder of the shipped templates, and of the set that `pr record` runs when it is given nothing. */
export function shippedWorkflows(): string {
  return fileURLToPath(new URL('../workflows/', import.meta.url))
}

/** The shipped bindings as the build has checked them and left them as JSON, or null in a source tree. */
async function readBuilt(folder: string): Promise<Bindings | null> {
  const text = await readInputText(join(folder, BUILT_BINDINGS)).catch(() => null)
  return text === null ? null : JSON.parse(text)
}

async function withBindings(templates: Omit<Templates, 'bindings'>, text: string): Promise<Templates> {
  const [{ readYaml }, { bindingsSchema }, { schemaProblems }] = await Promise.all([
    import('./yaml-document.ts'),
    import('./bindings-schema.ts'),
    import('./schema-problems.ts'),
  ])
  const file = templates.files.bindings
  const document = readYaml(file, text)
  if (document.problems.length > 0) throw unfit(document.problems)
  const read = bindingsSchema.safeParse(document.value)
  if (!read.success) throw unfit(schemaProblems(file, document, read.error))
  const complete = { ...templates, bindings: read.data satisfies Bindings }
  const faults = checkBindings(complete)
  if (faults.length === 0) return complete
  throw unfit(faults.map(({ path, message, hint }) => ({ file, line: document.lineOf(path), message, hint })))
}

function unfit(problems: readonly Problem[]): PromptRunnerError {
  return new PromptRunnerError('PR_BINDING', 'The bindings do not fit the workflow templates.', { problems })
}

async function loadGraph(file: string, path: string): Promise<{ graph: Graph; problems: readonly Problem[] }> {
  return readTemplate(file, await readText('PR_TEMPLATE', file, path))
}

async function readText(code: 'PR_TEMPLATE' | 'PR_BINDING', file: string, path: string): Promise<string> {
  try {
    return await readInputText(path)
  } catch (cause) {
    throw new PromptRunnerError(code, `Reading ${file} failed: ${(cause as Error).message}.`, {
      hint: 'A folder for --workflows holds render.json, combine.json and bindings.yaml.',
      cause,
    })
  }
}
