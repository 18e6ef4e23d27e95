import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { PromptRunnerError } from '../errors.ts'
import { jsonOrNull } from '../recording/exact-json.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { promptsOf, uploadsOf } from './read-traffic.ts'
import type { EstimateFacts, RunFacts } from './run-facts.ts'

/**
 * Reads a run folder, a recording by its name, a folder of HARs or one HAR: all of them hold traffic. Throws PR_USAGE when it
 * is none of these.
 */
export async function readRun(path: string): Promise<RunFacts> {
  const { hars, entries } = await loadRecording(path).catch((error: unknown) => {
    if (!(error instanceof PromptRunnerError)) throw error
    // Without the error as its cause, which has an exit code of its own.
    throw new PromptRunnerError('PR_USAGE', `${path} cannot be compared: ${error.message}`, {
      hint: 'give run folders, recordings (a name, a folder with *.har files) or HAR files',
    })
  })
  const { jobs, runs } = promptsOf(entries)
  return { jobs, uploads: uploadsOf(entries, runs), estimate: await estimateIn(dirname(hars[0]!.path)) }
}

const summary = z.looseObject({
  server_time_seconds: z.looseObject({ total: z.number() }),
  rehearsal: z
    .looseObject({
      estimate: z.looseObject({ gpu_minutes: z.number().nullable(), cost_usd: z.number().nullable() }),
    })
    .nullish(),
})

async function estimateIn(folder: string): Promise<EstimateFacts | null> {
  const text = await readFile(join(folder, 'summary.json'), 'utf8').catch(() => null)
  const read = summary.safeParse(jsonOrNull(text ?? '')).data
  if (read === undefined) return null
  const { gpu_minutes = null, cost_usd = null } = read.rehearsal?.estimate ?? {}
  return { server_seconds: read.server_time_seconds.total, gpu_minutes, cost_usd }
}
