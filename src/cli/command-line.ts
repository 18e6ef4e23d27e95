import { basename, relative } from 'node:path'
import { flagOf } from '../config/setting.ts'
import { type SettingName, settingRows } from '../config/setting-table.ts'
import { quoted } from '../domain/shell-word.ts'
import type { CommandLine } from '../run/run-host.ts'

/** How this process was called. */
export interface Call {
  readonly argv: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly cwd: string
  /** The path of the program's own start, as Node has it in `process.argv`. */
  readonly script: string | undefined
}

/** The command line of a run, for its journal and for those who go on with it. */
export function commandLineOf(call: Call): CommandLine {
  const options = call.argv[0] === 'run' ? call.argv.slice(1) : call.argv
  return {
    options: withoutOptions(options, (name) => !isOfWork(name)),
    resume: (runName, { dryRun = false, outputDir = null } = {}) => {
      const kept = withoutOptions(options, (name) => unfit.has(name) || (name === 'outputDir' && outputDir !== null))
      const words = [
        ...kept,
        ...(dryRun && !kept.includes('--dry-run') ? ['--dry-run'] : []),
        ...['--resume', runName],
        ...(outputDir === null ? [] : ['--output-dir', outputDir]),
      ]
      return [[calledAs(call), ...words.map(quoted)].join(' '), ...hidden(options)].join('\n    ')
    },
  }
}

/**
 * The program as a shell finds it again. In a folder of packages it is not on the path of a shell, and `pr` may be another
 * program there.
 */
export function calledAs({ environment, cwd, script = '' }: Omit<Call, 'argv'>): string {
  const event = environment['npm_lifecycle_event'] ?? ''
  if (['pr', 'dev'].includes(event)) return `npm run ${event} --`
  if (/[/\\]node_modules[/\\]\.bin[/\\]/.test(script)) return 'npx prompt-runner'
  const name = basename(script)
  if (name === 'prompt-runner') return name
  if (!/^bin\.[jt]s$/.test(name)) return 'pr'
  const path = relative(cwd, script)
  return `node ${quoted(path.startsWith('..') ? script : path)}`
}

const rows = new Map(settingRows.map(([name, row]) => [flagOf(name, row), { name, row }]))
const flagNames = new Map(settingRows.map(([name, row]) => [name, flagOf(name, row)]))

/** What must not be printed, what goes wrong on purpose, and the name of the run itself: no part of a line that goes on with a run. */
const unfit: ReadonlySet<SettingName> = new Set([
  'resume',
  'faults',
  'sweep',
  'sweepChunks',
  ...settingRows.flatMap(([name, { secret }]) => (secret ? [name] : [])),
])

/** Neither where, nor how it is shown or asked, nor what simulates the network. */
function isOfWork(name: SettingName): boolean {
  const { group } = rows.get(flagNames.get(name)!)!.row
  return (
    !unfit.has(name) && group !== 'Output' && !['outputDir', 'yes', 'validateOnly', 'dryRun', 'engine'].includes(name)
  )
}

/** Options with their values, but for some, and for switches that are no settings. */
function withoutOptions(argv: readonly string[], isLeftOut: (name: SettingName) => boolean): string[] {
  return optionsIn(argv).flatMap(({ flag, words }) => {
    const known = rows.get(flag)
    return known && !isLeftOut(known.name) ? words : []
  })
}

/** The options of `argv` that are settings, without those whose flags are in `flags`. */
export function optionsBut(argv: readonly string[], flags: ReadonlySet<string>): string[] {
  return withoutOptions(argv, (name) => flags.has(flagNames.get(name)!))
}

/** The options of `argv` that another command may be given, too: not how it shows what it finds, and no secrets. */
export function givenOf(argv: readonly string[], isTaken: (flag: string) => boolean): string[] {
  return withoutOptions(
    argv,
    (name) =>
      unfit.has(name) || rows.get(flagNames.get(name)!)!.row.group === 'Output' || !isTaken(flagNames.get(name)!),
  )
}

/** The flags of the settings that `argv` gives. */
export function flagsGiven(argv: readonly string[]): Set<string> {
  return new Set(optionsIn(argv).flatMap(({ flag }) => (rows.has(flag) ? [flag] : [])))
}

function optionsIn(argv: readonly string[]): Array<{ flag: string; words: string[] }> {
  const found: Array<{ flag: string; words: string[] }> = []
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at]!
    if (!word.startsWith('--')) continue
    const [flag = '', inline] = word.split(/=(.*)/s)
    const next = argv[at + 1]
    const isValued = typeof rows.get(flag.slice(2))?.row.shows === 'string'
    const takes = isValued && inline === undefined && next !== undefined
    const words = takes && !next.startsWith('--') ? [word, next] : [word]
    at += words.length - 1
    found.push({ flag: flag.slice(2), words })
  }
  return found
}

/** Says which options are not printed. */
function hidden(argv: readonly string[]): string[] {
  const secrets = optionsIn(argv).flatMap(({ flag }) => (rows.get(flag)?.row.secret ? [flag] : []))
  return [...new Set(secrets)].map((flag) => {
    const { variable } = rows.get(flag)!.row
    const where = variable ? `set ${variable} before` : 'put it into pr.config.yaml'
    return `(--${flag} is not printed here: give it again, or ${where})`
  })
}
