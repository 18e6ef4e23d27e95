import { bytesText, counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { type Cleanable, findCleanable } from '../run/cleanable.ts'
import { deleteCleanable } from '../run/delete-cleanable.ts'
import type { CommandContext } from './command.ts'
import { commandSettings } from './command-settings.ts'
import { confirm } from './confirm.ts'

/** Lists what can be deleted, asks, and deletes it. Returns the exit code: 1 when something could not be deleted. */
export async function clean(flags: Readonly<Record<string, unknown>>, context: CommandContext): Promise<number> {
  const { 'older-than': olderThan, 'dry-run': dryRun, yes, ...given } = flags
  const { output, signal } = context
  const { settings } = await commandSettings(given, context)
  const age = olderThan === undefined ? null : ageOf(String(olderThan))
  const { clean, kept } = await findCleanable(settings, { olderThan: age, now: Date.now() })
  for (const { name, why } of kept) output.print(`kept     ${name}: ${why}`)
  for (const each of clean) output.print(lineOf(each))
  const isOnlyListed = dryRun === true || settings.dryRun.enabled
  const sum = sumText(clean)
  if (isOnlyListed || clean.length === 0) {
    output.print(clean.length === 0 ? 'Nothing to delete.' : `Would delete ${sum}.`)
    output.result({ deleted: [], would_delete: clean, kept, failed: [] })
    return 0
  }
  await confirm(`Delete ${sum}?`, output, { yes: yes === true, signal })
  const failed = await deleteCleanable(clean, settings.run.outputDir)
  for (const { path, why } of failed) output.warn(`${path} was not deleted: ${why}`)
  if (failed.length === 0) output.print(`Deleted ${sum}.`)
  output.result({ deleted: clean, would_delete: [], kept, failed })
  return failed.length === 0 ? 0 : 1
}

function lineOf({ kind, name, paths, bytes, why }: Cleanable): string {
  const what = kind === 'folder' ? 'folder' : counted(paths.length, 'file')
  return `${what.padEnd(8)} ${name}  ${bytesText(bytes)}: ${why}`
}

function sumText(clean: readonly Cleanable[]): string {
  const of = (kind: Cleanable['kind']) => clean.filter((each) => each.kind === kind)
  const [files, folders] = [of('files').flatMap(({ paths }) => paths).length, of('folder').length]
  const parts = [files > 0 ? counted(files, 'file') : '', folders > 0 ? counted(folders, 'run folder') : '']
  return `${parts.filter(Boolean).join(' and ')} (${bytesText(clean.reduce((sum, { bytes }) => sum + bytes, 0))})`
}

const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000 } as const

/** Milliseconds. Throws PR_USAGE. */
function ageOf(text: string): number {
  const [, number, unit] = /^(\d{1,6})([dhm])$/.exec(text.trim()) ?? []
  if (number && unit) return Number(number) * UNITS[unit as keyof typeof UNITS]
  throw new PromptRunnerError('PR_USAGE', `--older-than must be a time, it cannot be ${JSON.stringify(text)}`, {
    hint: 'as in 7d, 12h or 30m',
  })
}
