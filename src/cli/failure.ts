import { readFileSync } from 'node:fs'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { diskFailure } from '../files/disk-failure.ts'
import type { Output } from './output.ts'
import { printable } from './printable.ts'

/** Says what went wrong and returns the exit code. A known failure shows no stack; anything else is a bug and keeps its own. */
export function reportFailure(thrown: unknown, output: Output): number {
  const error = diskFailure(thrown) ?? thrown
  const exitCode = exitCodeOf(error)
  output.error(failureText(error, output))
  output.result({ ok: false, exit_code: exitCode, error: failureData(error) })
  return exitCode
}

/** The highest that applies, causes and collected errors included; a bug is a failed run. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof AggregateError) return Math.max(1, ...error.errors.map(exitCodeOf))
  if (!(error instanceof PromptRunnerError)) return 1
  return error.cause instanceof PromptRunnerError ? Math.max(error.exitCode, exitCodeOf(error.cause)) : error.exitCode
}

/** `code: sentence`, then one line per problem, then what to do. */
export function failureText(error: unknown, output: Pick<Output, 'colours' | 'logPath'>): string {
  if (error instanceof AggregateError) return error.errors.map((each) => failureText(each, output)).join('\n')
  if (!(error instanceof PromptRunnerError)) {
    const stack = error instanceof Error ? error.stack : String(error)
    return `${stack}\n${bugText(placeForReports(), output.logPath)}`
  }
  const { colours } = output
  const lines = [`${colours.red(error.code)}: ${printable(error.message)}`]
  for (const problem of error.problems) {
    lines.push(`  ${problemText(problem)}`)
    if (problem.hint) lines.push(`    hint: ${printable(problem.hint)}`)
  }
  if (error.hint) lines.push(`  hint: ${printable(error.hint)}`)
  return lines.join('\n')
}

/** What to do about a bug. `place` is where it can be reported, `log` the file with all that the run has said. */
export function bugText(place: string | null, log: string | null): string {
  const kept = `the lines above${log === null ? '' : ` and ${log}`}`
  const what = place === null ? `Keep ${kept}: they tell where it is.` : `Please report it at ${place} with ${kept}.`
  return `This is a bug in prompt-runner. ${what}`
}

/** As package.json names it, which lies two folders up, from src/cli and from dist/cli alike. */
function placeForReports(): string | null {
  try {
    const { bugs } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    return bugs?.url ?? bugs ?? null
  } catch {
    // A disk that is gone must not hide what happened.
    return null
  }
}

/** `file:line: message (value)` */
export function problemText({ file, line, message, value }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}`
  const shown = value === undefined ? '' : ` (${shorten(valueText(value))})`
  return printable(`${place}: ${message}${shown}`)
}

/** JSON has no NaN, and no functions. */
function valueText(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
}

function failureData(error: unknown): Record<string, unknown> {
  if (error instanceof AggregateError)
    return { code: null, message: error.message, errors: error.errors.map(failureData) }
  if (!(error instanceof PromptRunnerError)) return { code: null, message: String(error), bug: true }
  const { code, message, hint = null, problems } = error
  return { code, message, hint, problems }
}

function shorten(value: string): string {
  return value.length > 80 ? `${value.slice(0, 79)}…` : value
}
