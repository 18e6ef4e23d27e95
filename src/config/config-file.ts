import { lstatSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { PromptRunnerError } from '../errors.ts'
import { inputFault, readInputText } from '../files/read-input.ts'

export interface ConfigFile {
  /** Base name, for messages. */
  readonly name: string
  /** What relative paths in it are relative to. */
  readonly folder: string
  readonly values: Readonly<Record<string, unknown>>
  /** Line of a key, counted from 1; undefined where the format does not tell. */
  line(key: string): number | undefined
}

const names = ['pr.config.yaml', 'pr.config.yml', 'pr.config.json', 'pr.config.ts']

/** The configuration file of a folder, or null when it has none. Keys and values are not checked here, but one of `keys` may be spelt otherwise. Throws PR_CONFIG. */
export async function readConfigFile(folder: string, keys: readonly string[]): Promise<ConfigFile | null> {
  const found = names.filter((name) => isThere(join(folder, name)))
  const [name] = found
  if (name === undefined) return null
  if (found.length > 1) {
    throw new PromptRunnerError('PR_CONFIG', `${folder} has ${found.length} configuration files: ${found.join(', ')}`, {
      hint: 'keep one of them',
    })
  }
  return name.endsWith('.ts') ? readModule(folder, name) : readYamlFile(folder, name, keys)
}

/** YAML 1.2 holds JSON, so one reader serves both and knows the lines of both. */
async function readYamlFile(folder: string, name: string, keys: readonly string[]): Promise<ConfigFile> {
  const { readYaml } = await import('./yaml-document.ts')
  const { value, problems, lineOf } = readYaml(name, await readText(folder, name), keys)
  if (problems.length > 0) throw new PromptRunnerError('PR_CONFIG', `${name} cannot be read`, { problems })
  return { name, folder, values: requireMap(name, value ?? {}), line: (key) => lineOf([key]) }
}

async function readModule(folder: string, name: string): Promise<ConfigFile> {
  const fault = await inputFault(join(folder, name))
  if (fault !== null) throw unreadable(name, fault)
  let values: unknown
  try {
    // Not by `import`: the built program is a script, which cannot.
    const { default: given }: { default?: unknown } = createRequire(import.meta.url)(join(folder, name))
    // Copied here, where a getter that throws is still the module's fault.
    values = isPlain(given) ? { ...given } : given
  } catch (cause) {
    const waits = (cause as NodeJS.ErrnoException | null)?.code === 'ERR_REQUIRE_ASYNC_MODULE'
    const reason = waits ? 'it awaits outside of a function' : cause instanceof Error ? cause.message : String(cause)
    throw new PromptRunnerError('PR_CONFIG', `${name} cannot be loaded: ${reason}`, { cause })
  }
  return { name, folder, values: requireMap(name, values), line: () => undefined }
}

async function readText(folder: string, name: string): Promise<string> {
  return readInputText(join(folder, name)).catch((cause: Error) => {
    throw unreadable(name, cause.message)
  })
}

const unreadable = (name: string, why: string) => new PromptRunnerError('PR_CONFIG', `${name} cannot be read: ${why}`)

/** A link that leads nowhere counts too: to leave its settings out without a word would be worse than to refuse it. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function requireMap(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isPlain(value)) return value
  throw new PromptRunnerError(
    'PR_CONFIG',
    `${name} has to hold settings as "key: value", it holds ${describe(value)}`,
    {
      hint: name.endsWith('.ts')
        ? 'write: export default { framesPerChunk: 81 }'
        : 'write one setting a line, for example: framesPerChunk: 81',
    },
  )
}

/** Neither a list nor a promise, a map or the like, which a module may hold. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))
}

function describe(value: unknown): string {
  if (value === undefined) return 'no default export'
  if (Array.isArray(value)) return 'a list'
  return inspect(value, { depth: 0 })
}
