import { allOf } from '../domain/all-of.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import { readYaml } from './yaml-document.ts'

/** Faults by name, as a file of them holds them: one, or several that belong together. */
export type FaultFile = Readonly<Record<string, readonly string[]>>

/** Every fault that was given: those of files, which are given as `@FILE` or `@FILE#NAME`, in their place. Throws PR_USAGE. */
export async function givenFaults(given: readonly string[]): Promise<string[]> {
  const lists = await allOf(given.map((one) => (one.startsWith('@') ? ofFile(one) : [one])))
  return lists.flat()
}

async function ofFile(given: string): Promise<readonly string[]> {
  const [path = '', name] = given.slice(1).split('#')
  const faults = await readFaultFile(path)
  if (name === undefined) return Object.values(faults).flat()
  if (Object.hasOwn(faults, name)) return faults[name]!
  throw new PromptRunnerError('PR_USAGE', `--fault ${given}: the file has no fault of that name`, {
    hint: `it has: ${Object.keys(faults).join(', ')}`,
  })
}

/** Reads a YAML or JSON file of faults: `name: 'POST /prompt of job 3: status 524'`, or a list of them. Throws PR_USAGE. */
export async function readFaultFile(path: string): Promise<FaultFile> {
  const text = await readInputText(path).catch((cause: Error) => {
    throw new PromptRunnerError('PR_USAGE', `the faults in ${path} cannot be read: ${cause.message}`, { cause })
  })
  const { value, problems } = readYaml(path, text)
  if (problems.length > 0) throw new PromptRunnerError('PR_USAGE', `the faults in ${path} cannot be read`, { problems })
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : null
  const lists = entries?.map(([name, one]): [string, unknown[]] => [name, Array.isArray(one) ? one : [one]])
  if (lists?.every(([, list]) => list.every((one) => typeof one === 'string'))) {
    return Object.fromEntries(lists) as Record<string, string[]>
  }
  throw new PromptRunnerError('PR_USAGE', `the faults in ${path} cannot be read: they are to be texts by name`, {
    hint: "write one a line, for example: lost-answer: 'after POST /prompt of job 3: reset'",
  })
}
