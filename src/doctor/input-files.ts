import { readdir } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { inputFault, NO_SUCH_FILE, reasonOf } from '../files/read-input.ts'
import type { Finding } from '../simulators/comfyui/offline/finding.ts'

/** Files of the command line by what they are. */
export interface InputFiles {
  readonly prompts: ReadonlyArray<{ readonly files: readonly string[]; readonly dir: string }>
  /** Folders; null is the shipped one. */
  readonly templates: ReadonlyArray<string | null>
  readonly workflows: readonly string[]
  /** What is none of these. */
  readonly problems: readonly Finding[]
}

const TEMPLATE_FILES = ['render.json', 'combine.json', 'bindings.yaml']

/** Tells prompt files, template folders and workflows apart by name; a folder is what lies in it. */
export async function sortInputFiles(files: readonly string[]): Promise<InputFiles> {
  const prompts: string[] = []
  const templates = new Set<string>()
  const workflows: string[] = []
  const problems: Finding[] = []
  for (const file of files) {
    const names = await namesIn(file)
    if (typeof names === 'string') problems.push({ file, message: names })
    else if (names.some((name) => TEMPLATE_FILES.includes(name))) templates.add(file)
    else {
      const paths = names.map((name) => (name === '' ? file : join(file, name)))
      const known = paths.filter((path) => kindOf(path) !== null)
      if (known.length === 0) problems.push({ file, message: 'There is nothing to check in it.', hint: KINDS })
      for (const path of known) {
        const kind = kindOf(path)
        if (kind === 'template') templates.add(dirname(path))
        else (kind === 'prompt' ? prompts : workflows).push(path)
      }
    }
  }
  return {
    prompts: prompts.length > 0 ? [{ files: prompts, dir: '' }] : [],
    templates: [...templates],
    workflows,
    problems,
  }
}

const KINDS =
  'Give prompt files (.txt, .yaml, .yml), workflows in API format (.json), or folders of them or of templates.'

/** The names in a folder, in order; `['']` for a file; a sentence when it is neither, or cannot be read. */
async function namesIn(path: string): Promise<string[] | string> {
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    const failed = error as NodeJS.ErrnoException
    if (failed.code === 'ENOTDIR') return ['']
    const reason = failed.code === 'ENOENT' ? await inputFault(path) : reasonOf(failed)
    return reason === NO_SUCH_FILE ? 'There is no such file.' : `It cannot be read: ${reason}.`
  }
}

function kindOf(path: string): 'prompt' | 'template' | 'workflow' | null {
  if (basename(path) === 'bindings.yaml') return 'template'
  if (['.txt', '.yaml', '.yml'].includes(extname(path).toLowerCase())) return 'prompt'
  return extname(path).toLowerCase() === '.json' ? 'workflow' : null
}
