import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Templates } from '../domain/bindings.ts'
import { checkBindings } from '../domain/check-bindings.ts'
import { type ErrorCode, PromptRunnerError } from '../errors.ts'
import { readInputText, unreadable } from '../files/read-input.ts'
import type { ReadBindings } from './read-bindings.ts'
import { type Read, readTemplate } from './read-template.ts'

/** Written by the build beside the shipped `bindings.yaml`: reading YAML would take a tenth of the example's dry run. */
export const BUILT_BINDINGS = '.bindings.json'

/**
 * Loads `render.json`, `combine.json` and `bindings.yaml` of a folder, or the shipped ones for null. Throws one error with the
 * problems of all three in this order: PR_TEMPLATE when a template cannot be used, else PR_BINDING.
 */
export async function loadTemplates(dir: string | null): Promise<Templates> {
  const folder = dir ?? shippedWorkflows()
  const name = (file: string) => (dir === null ? file : join(dir, file))
  const files = { render: name('render.json'), combine: name('combine.json'), bindings: name('bindings.yaml') }
  const built = dir === null ? await readBuilt(folder) : null
  const [render, combine, bindings] = await Promise.all([
    readFile(files.render, join(folder, 'render.json'), readTemplate),
    readFile(files.combine, join(folder, 'combine.json'), readTemplate),
    built ??
      readFile(files.bindings, join(folder, 'bindings.yaml'), async (file, text) => {
        const { readBindings } = await import('./read-bindings.ts')
        return readBindings(file, text)
      }),
  ])
  const unusable = (code: ErrorCode, what: string) =>
    new PromptRunnerError(code, what, {
      hint: [render, combine, bindings].find(({ hint }) => hint !== undefined)?.hint,
      problems: [render, combine, bindings].flatMap(({ problems }) => problems),
    })
  if (!render.value || !combine.value) throw unusable('PR_TEMPLATE', 'The workflow templates cannot be used.')
  if (!bindings.value) throw unusable('PR_BINDING', bindings.hint ? 'The bindings cannot be read.' : UNFIT)

  const templates = { render: render.value, combine: combine.value, bindings: bindings.value.bindings, files }
  const faults = built ? [] : checkBindings(templates)
  if (faults.length === 0) return templates
  const { lineOf } = bindings.value
  throw new PromptRunnerError('PR_BINDING', UNFIT, {
    problems: faults.map(({ path, message, hint }) => ({ file: files.bindings, line: lineOf(path), message, hint })),
  })
}

const UNFIT = 'The bindings do not fit the workflow templates.'

/** The folder of the shipped templates, and of the set that `pr record` runs when it is given nothing. */
export function shippedWorkflows(): string {
  return fileURLToPath(new URL('../workflows/', import.meta.url))
}

/** The shipped bindings as the build has checked them and left them as JSON, or null in a source tree. */
async function readBuilt(folder: string): Promise<Read<ReadBindings> | null> {
  const text = await readInputText(join(folder, BUILT_BINDINGS)).catch(() => null)
  return text === null ? null : { value: { bindings: JSON.parse(text), lineOf: () => 0 }, problems: [] }
}

/** Never throws: what cannot be read is a problem, too. */
async function readFile<T>(
  file: string,
  path: string,
  read: (file: string, text: string) => Read<T> | Promise<Read<T>>,
): Promise<Read<T>> {
  const text = await readInputText(path).catch((error: Error) => error)
  if (typeof text === 'string') return read(file, text)
  const hint = 'A folder for --workflows holds render.json, combine.json and bindings.yaml.'
  return { value: null, problems: [{ file, message: unreadable(text) }], hint }
}
