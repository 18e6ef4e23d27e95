import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bindings, Templates } from '../domain/bindings.ts'
import { checkBindings } from '../domain/check-bindings.ts'
import type { Graph } from '../domain/graph.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import { bindingsSchema } from './bindings-schema.ts'
import { readTemplate } from './read-template.ts'
import { readYaml, schemaProblems } from './yaml-document.ts'

/**
 * Loads `render.json`, `combine.json` and `bindings.yaml` of a folder, or the shipped ones for null.
 * Throws PR_TEMPLATE with all problems of both templates, else PR_BINDING with all that does not fit them.
 */
export async function loadTemplates(dir: string | null): Promise<Templates> {
  const folder = dir ?? fileURLToPath(new URL('../workflows/', import.meta.url))
  const name = (file: string) => (dir === null ? file : join(dir, file))
  const files = { render: name('render.json'), combine: name('combine.json'), bindings: name('bindings.yaml') }

  const [render, combine] = await Promise.all([
    loadGraph(files.render, join(folder, 'render.json')),
    loadGraph(files.combine, join(folder, 'combine.json')),
  ])
  const problems = [...render.problems, ...combine.problems]
  if (problems.length > 0)
    throw new PromptRunnerError('PR_TEMPLATE', `The workflow templates cannot be used.`, { problems })

  const text = await readText('PR_BINDING', files.bindings, join(folder, 'bindings.yaml'))
  return withBindings({ render: render.graph, combine: combine.graph, files }, text)
}

function withBindings(templates: Omit<Templates, 'bindings'>, text: string): Templates {
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
