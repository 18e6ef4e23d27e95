import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CallOptions, callPr } from '../cli/call-pr.ts'
import type { PrResult } from '../cli/run-pr.ts'
import { filesIn, temporaryFolder } from './folders.ts'

export { filesIn, temporaryFolder } from './folders.ts'

const example = readFileSync(new URL('../../fixtures/prompt_files/example.txt', import.meta.url), 'utf8')

/** A JSON file of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: tests say by their expectations what is in it
export type Json = any

/** A dry run that has ended, and its run folder. */
export interface Rehearsed extends PrResult {
  /** Absolute path of the run folder; of the last one when the folder has several. */
  readonly folder: string
  /** Every file of the run folder, relative to it, sorted. */
  readonly files: readonly string[]
  text(path: string): string
  json(path: string): Json
  /** null when there is none. */
  readonly summary: Json
}

/**
 * `pr --dry-run …` in this process, in a folder of its own when no `cwd` is given. `files` lie there before it starts; the
 * shipped example is the prompt file when none of them lies in `prompt_files/`.
 */
export async function rehearse(args: readonly string[] = [], options: CallOptions = {}): Promise<Rehearsed> {
  const cwd = options.cwd ?? rehearsalFolder(options.files)
  const result = await callPr(['--dry-run', ...args], { ...options, cwd })
  return { ...result, ...runFolder(cwd) }
}

/** A folder to rehearse in, see `rehearse`. */
export function rehearsalFolder(files: Readonly<Record<string, string>> = {}): string {
  const hasPrompts = Object.keys(files).some((name) => name.startsWith('prompt_files/'))
  return temporaryFolder(hasPrompts ? files : { 'prompt_files/example.txt': example, ...files })
}

/** The newest run folder in `parent`. */
export function runFolder(parent: string): Omit<Rehearsed, keyof PrResult> {
  const name = readdirSync(parent)
    .filter((entry) => entry.startsWith('temp_dry_run_'))
    .toSorted()
    .at(-1)
  const folder = join(parent, name ?? 'no-run-folder')
  const text = (path: string) => readFileSync(join(folder, path), 'utf8')
  const json = (path: string) => JSON.parse(text(path))
  return {
    folder,
    files: filesIn(folder),
    text,
    json,
    summary: existsSync(join(folder, 'summary.json')) ? json('summary.json') : null,
  }
}

/** A text prompt file of four blocks. */
export function promptFile(name: string, frames: number, positive = 'A heron wades.', negative = ''): string {
  return [name, frames, positive, negative].join('\n\n')
}
