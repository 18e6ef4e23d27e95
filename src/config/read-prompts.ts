import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Prompt } from '../domain/prompt.ts'
import { type ParsedPrompt, parsePromptFile } from '../domain/prompt-file.ts'
import { counted } from '../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { decodedText, readInput, reasonOf, unreadable } from '../files/read-input.ts'

const KINDS = ['.txt', '.yaml', '.yml']

/** Prompt files by name, or (without any) all that lie in `dir`. */
interface PromptPlaces {
  readonly files: readonly string[]
  readonly dir: string
}

/** What prompt files say, and every problem of those that cannot be used. */
interface ParsedPrompts {
  readonly files: readonly string[]
  readonly prompts: readonly Prompt[]
  readonly problems: readonly Problem[]
}

/** Reads prompt files that all have to be right. Throws PR_NO_PROMPTS, or one PR_PROMPT_FILE with every problem of every file. */
export async function readPrompts(places: PromptPlaces): Promise<readonly Prompt[]> {
  const { files, prompts, problems } = await parsePrompts(places)
  if (problems.length > 0) throw unreadablePrompts(files, problems)
  return prompts
}

/** Reads the prompt files named, or all `.txt`, `.yaml` and `.yml` files of `dir` in the order of their names. Throws PR_NO_PROMPTS. */
export async function parsePrompts(places: PromptPlaces): Promise<ParsedPrompts> {
  const files = places.files.length > 0 ? places.files : await promptFilesOf(places.dir)
  const parsed = await Promise.all(files.map(readPrompt))
  const prompts = parsed.flatMap(({ prompt }) => prompt ?? [])
  return { files, prompts, problems: [...parsed.flatMap((file) => file.problems), ...sameNames(prompts)] }
}

/** The one error for all that is wrong with prompt files, in the order of the files. */
export function unreadablePrompts(files: readonly string[], problems: readonly Problem[]): PromptRunnerError {
  const faulty = new Set(problems.map(({ file }) => file)).size
  const message = `Reading ${counted(files.length, 'prompt file')} found ${counted(problems.length, 'problem')} in ${counted(faulty, 'file')}.`
  // What was given elsewhere, as a flag, is told last.
  const order = new Map(files.map((file, index) => [file, index]))
  const place = ({ file }: Problem) => order.get(file) ?? files.length
  return new PromptRunnerError('PR_PROMPT_FILE', message, {
    problems: problems.toSorted((a, b) => place(a) - place(b)),
  })
}

async function promptFilesOf(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw noPrompts(`There is no folder ${dir}`)
    throw noPrompts(error.code === 'ENOTDIR' ? `${dir} is no folder` : `Reading ${dir} failed: ${reasonOf(error)}`)
  })
  // What begins with a dot is put there by systems and editors (`._otter.txt`), not by a person.
  const files = names.filter((name) => KINDS.includes(extname(name).toLowerCase()) && !name.startsWith('.')).sort()
  if (files.length === 0) throw noPrompts(`The folder ${dir} holds no .txt, .yaml or .yml file`)
  return files.map((name) => join(dir, name))
}

function noPrompts(what: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_NO_PROMPTS',
    `${what}, and no --prompt-file was given: there is nothing to render.`,
    {
      hint: 'Run `pr init` to write an example prompt file, or name one with --prompt-file FILE.',
    },
  )
}

async function readPrompt(file: string): Promise<ParsedPrompt> {
  const failed = (problem: Omit<Problem, 'file'>): ParsedPrompt => ({ prompt: null, problems: [{ file, ...problem }] })
  const kind = extname(file).toLowerCase()
  if (!KINDS.includes(kind)) {
    const hint = 'A prompt file ends in .txt, .yaml or .yml.'
    return failed({ message: 'The kind of the file cannot be told by its name.', value: kind, hint })
  }
  const bytes = await readInput(file).catch((error: Error) => error)
  if (bytes instanceof Error) return failed({ message: unreadable(bytes) })
  const text = decodedText(bytes)
  if (text === null) return failed({ message: 'The file is not UTF-8 text.', hint: 'Save it as UTF-8 in the editor.' })
  if (kind === '.txt') return parsePromptFile(file, text)
  const { readYamlPrompt } = await import('./yaml-prompt.ts')
  return readYamlPrompt(file, text)
}

/** Two films of one name would overwrite each other; also where a file system does not tell "Dune" from "dune". */
function sameNames(prompts: readonly Prompt[]): Problem[] {
  const seen = new Map<string, Prompt>()
  return prompts.flatMap((prompt) => {
    const key = prompt.videoName.toLowerCase()
    const first = seen.get(key)
    if (!first) seen.set(key, prompt)
    if (!first) return []
    const isTwice = first.file === prompt.file
    const message = isTwice ? 'The file was given twice.' : `The video name is already used by ${first.file}.`
    const hint = isTwice ? 'Give it once.' : 'Give each prompt file a video name of its own.'
    return [{ file: prompt.file, message, value: prompt.videoName, hint }]
  })
}
