import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { program } from '../support/program.ts'

export interface PrOptions {
  /** All of the environment that `pr` sees, besides what every process gets. */
  readonly env?: Readonly<Record<string, string>>
  /** Files that lie in its folder before it starts. */
  readonly files?: Readonly<Record<string, string>>
  /** The folder; a new one when left out. */
  readonly cwd?: string
}

export interface PrResult {
  readonly cwd: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** Everything as one text to pin: command line, output, exit code; the folder is written `<cwd>`. */
  readonly transcript: string
}

/** Runs the real command line in a folder of its own. */
export async function runPr(args: readonly string[], options: PrOptions = {}): Promise<PrResult> {
  const cwd = options.cwd ?? newFolder(options.files)
  const env = { ...bareEnvironment(), ...options.env }
  const { exitCode, stdout, stderr } = await new Promise<Omit<PrResult, 'cwd' | 'transcript'>>((done) => {
    execFile(process.execPath, [program, ...keptHere(args)], { cwd, env }, (error, stdout, stderr) => {
      // A process that a signal ended has no code.
      done({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr })
    })
  })
  return withTranscript({ cwd, exitCode, stdout, stderr }, args, options)
}

/** Adds the one text to pin to what `pr` said. */
export function withTranscript(
  said: Omit<PrResult, 'transcript'>,
  args: readonly string[],
  { env = {} }: PrOptions,
): PrResult {
  const command = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'pr', ...args].join(' ')
  const transcript = `$ ${command}\n${said.stdout}${said.stderr}exit code ${said.exitCode}\n`
  return { ...said, transcript: transcript.replaceAll(`node ${program}`, 'pr').replaceAll(said.cwd, '<cwd>') }
}

/** A run keeps its files below its folder, also on a pod, where they would go to the pod's own volume. */
export function keptHere(args: readonly string[]): readonly string[] {
  const isRun = args[0]?.startsWith('-') && (args.includes('--yes') || args.includes('--dry-run'))
  const isTold = args.includes('--output-dir') || args.includes('--show-settings')
  return isRun && !isTold ? [...args, '--output-dir', 'output/prompt-runner'] : args
}

/** The environment of a process under test: nothing of the developer's, temporary files where all tests have them. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], TMPDIR: process.env['TMPDIR'], TZ: 'UTC' }
}

export function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pr-cli-')))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}
