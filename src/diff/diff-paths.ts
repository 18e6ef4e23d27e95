import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'
import { loadTemplates } from '../config/templates.ts'
import { allOf } from '../domain/all-of.ts'
import type { Bindings, Places } from '../domain/bindings.ts'
import { isGpu } from '../domain/estimate/gpu-name.ts'
import { PromptRunnerError } from '../errors.ts'
import { comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { jsonOrNull } from '../recording/exact-json.ts'
import { loadRecording } from '../recording/load-recording.ts'
import type { LoadedEntry } from '../recording/loaded-entry.ts'
import { factsOfRecording, type ServerFacts } from '../recording/server-facts.ts'
import { diffRuns, type RoleOf, type RunDiff } from './diff-runs.ts'
import { promptsOf, uploadsOf } from './read-traffic.ts'
import type { EstimateFacts, RunFacts } from './run-facts.ts'

/**
 * Reads what is named by its path and compares both; inputs get their roles from the bindings of `workflows`, null being the shipped
 * ones.
 */
export async function diffPaths(
  a: string | RunFacts,
  b: string | RunFacts,
  workflows: string | null,
): Promise<RunDiff> {
  const read = async (side: string | RunFacts) => (typeof side === 'string' ? readRun(side) : side)
  const [before, after, { bindings }] = await allOf([read(a), read(b), loadTemplates(workflows)])
  if (isEmpty(before) && isEmpty(after)) {
    const names = [a, b].map((side) => (typeof side === 'string' ? side : 'a live run'))
    throw new PromptRunnerError(
      'PR_USAGE',
      `there is nothing to compare in ${names.join(' and ')}: neither holds traffic of ComfyUI`,
      {
        hint: 'prompts, uploads and, of recordings, what a server says about its node classes and models are compared',
      },
    )
  }
  return diffRuns(before, after, roleFrom(bindings))
}

function isEmpty({ jobs, uploads, server }: RunFacts): boolean {
  return jobs.length + uploads.length === 0 && server === null
}

/** Roles by what the bindings say about a node's id, title or class. */
export function roleFrom({ render, combine }: Bindings): RoleOf {
  const all: readonly Places[] = [
    render.inputs,
    render.high.inputs,
    render.low.inputs,
    combine.inputs,
    combine.first.inputs,
    combine.later.inputs,
  ]
  const places = all.flatMap((of) =>
    Object.entries(of).flatMap(([role, list = []]) => list.map((place) => ({ role, ...place }))),
  )
  return ({ id, title, className }, input) => {
    const found = places.find(
      (place) => place.input === input && (place.title === title || place.class === className || place.id === id),
    )
    return found?.role ?? null
  }
}

/**
 * Reads a run folder, a recording by its name, a folder of HARs or one HAR: all of them hold traffic. Throws PR_USAGE when it
 * is none of these.
 */
async function readRun(path: string): Promise<RunFacts> {
  const { hars, entries } = await loadRecording(path).catch((error: unknown) => {
    if (!(error instanceof PromptRunnerError)) throw error
    // Without the error as its cause, which has an exit code of its own.
    throw new PromptRunnerError('PR_USAGE', `${path} cannot be compared: ${error.message}`, {
      hint: 'give run folders, recordings (a name, a folder with *.har files) or HAR files',
    })
  })
  const { jobs, runs } = promptsOf(entries)
  const estimate = await estimateIn(dirname(hars[0]!.path))
  return { jobs, uploads: uploadsOf(entries, runs), estimate, server: estimate ? null : serverIn(entries) }
}

function serverIn(entries: readonly LoadedEntry[]): ServerFacts | null {
  try {
    return factsOfRecording(comfyuiKnowledge(entries))
  } catch (error) {
    if (error instanceof PromptRunnerError) return null
    throw error
  }
}

const summary = z.looseObject({
  server_time_seconds: z.looseObject({ total: z.number() }),
  rehearsal: z
    .looseObject({
      estimate: z.looseObject({ gpu_minutes: z.number().nullable(), cost_usd: z.number().nullable() }),
      recording: z.looseObject({ device: z.string() }),
    })
    .nullish(),
})

async function estimateIn(folder: string): Promise<EstimateFacts | null> {
  const text = await readFile(join(folder, 'summary.json'), 'utf8').catch(() => null)
  const read = summary.safeParse(jsonOrNull(text ?? '')).data
  if (read === undefined) return null
  const { estimate, recording } = read.rehearsal ?? {}
  const { gpu_minutes = null, cost_usd = null } = estimate ?? {}
  const isOfCpu = recording !== undefined && !isGpu(recording.device)
  return { server_seconds: isOfCpu ? null : read.server_time_seconds.total, gpu_minutes, cost_usd }
}
