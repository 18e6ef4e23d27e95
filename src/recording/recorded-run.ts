import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PromptRunnerError } from '../errors.ts'
import { recordingFolder } from './load-recording.ts'

/** A run that failed, as a recording keeps it: what makes it fail again, and what it said then. */
export interface RecordedRun {
  readonly format: typeof RUN_FORMAT
  readonly run: {
    readonly id: string
    readonly name: string
    readonly kind: 'live' | 'rehearsal'
    /** ISO 8601. */
    readonly ended: string
    /** As its server called itself; null: nobody wrote it down. */
    readonly server: string | null
  }
  readonly outcome: RunOutcomeWords
  /** Where the answers of the simulated server come from. */
  readonly answers_from: string
  /** Values of flags by their names; paths are relative to the recording. */
  readonly flags: Readonly<Record<string, string | boolean | readonly string[]>>
  readonly faults: readonly string[]
  /** What was not kept, and stands here by what the run said of it. */
  readonly reconstructed: readonly string[]
}

/** What a run said at its end, without what is another each time: `<id>` for ids, `<output>` for its folder. */
export interface RunOutcomeWords {
  readonly exit_code: number
  readonly failures: ReadonlyArray<{
    readonly code: string
    readonly message: string
    readonly problems: readonly string[]
  }>
}

export const RUN_FORMAT = 'prompt-runner run 1'

/** The file of a recording that says which run it is of. */
export const RUN_FILE = 'run.json'

/** Reads which run a recording is of; null: of none, or there is no such recording. Throws PR_RECORDING. */
export function readRecordedRun(nameOrPath: string): { readonly folder: string; readonly run: RecordedRun } | null {
  const folder = recordingFolder(nameOrPath)
  const path = join(folder, RUN_FILE)
  if (!existsSync(path)) return null
  return { folder, run: parsed(path) }
}

function parsed(path: string): RecordedRun {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new PromptRunnerError('PR_RECORDING', `${path} is not as pr record --from-run writes it`, {
      hint: 'record the run again, or delete the file to use the recording without its run',
      cause,
    })
  }
}

const text = z.string()

const schema = z.object({
  format: z.literal(RUN_FORMAT),
  run: z.object({
    ...{ id: text, name: text, ended: text, server: text.nullable() },
    kind: z.enum(['live', 'rehearsal']),
  }),
  outcome: z.object({
    exit_code: z.int(),
    failures: z.array(z.object({ code: text, message: text, problems: z.array(text) })),
  }),
  answers_from: text,
  flags: z.record(text, z.union([text, z.boolean(), z.array(text)])),
  faults: z.array(text),
  reconstructed: z.array(text),
}) satisfies z.ZodType<RecordedRun>
