import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clients, StorageClient } from '../clients/clients.ts'
import { runObjects, serverClaim, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { PromptRunnerError } from '../errors.ts'
import { makeFolder } from '../files/folders.ts'
import { sharedLength } from '../orchestrator/share.ts'
import type { RunHost } from './run-host.ts'

/**
 * Claims the name of a new run on the server, and in the bucket if there is one. Two output directories may choose one name at the same
 * moment, and neither knows of the other. A claim that an earlier start has left, because it died before its run began, is this one's:
 * what was claimed by it stays claimed. Throws PR_STATE when somebody else was faster.
 */
export async function claimName(
  { run }: Settings,
  { comfyui, storage }: Pick<Clients, 'comfyui' | 'storage'>,
  runName: string,
  { output, signal }: RunHost,
): Promise<void> {
  const stateDir = stateDirOf(run.outputDir)
  const path = claimFile(stateDir, runName)
  if (!hasClaimed(stateDir, runName)) writeClaim(stateDir, { runName, maker: thisMaker() })
  const { name, subfolder } = serverClaim(runName)
  // The server never writes over a file: it gives one of another content another name.
  const given = await comfyui.upload(path, { name, subfolder, type: 'input' }, signal).catch((error) => {
    if (!(error instanceof PromptRunnerError) || signal.aborted) throw error
    output.warn(`Whether another run takes the name ${runName} in this moment is not known: ${error.message}`)
    return { filename: name }
  })
  const isFree = given.filename === name
  if (isFree && (!run.upload || (await isPlaced(storage, { runName, number: 1, path }, signal)))) return
  forgetClaim(stateDir, runName)
  throw taken(runName, isFree ? 'in the bucket' : 'on the server')
}

/** Whether a start that has ended before its run began has left a claim of this name. */
export function hasClaimed(stateDir: string, runName: string): boolean {
  try {
    return JSON.parse(readFileSync(claimFile(stateDir, runName), 'utf8')).run_name === runName
  } catch {
    return false
  }
}

function taken(runName: string, where: string): PromptRunnerError {
  return new PromptRunnerError(
    'PR_STATE',
    `another run of the same prompts has taken the name ${runName} ${where}, in this very moment`,
    {
      hint: 'Nothing was sent. Start again: this run gets a name of its own.',
    },
  )
}

/** What there is of a run in its bucket, when this machine takes it over. */
export interface TakenRun {
  /** The number of this machine's claim. */
  readonly claimed: number
  /** Bytes of the journal that it has. */
  readonly sent: number
}

export interface RunToTake {
  readonly runName: string
  /** Path of its journal. */
  readonly journal: string
  readonly isNew: boolean
  /** What tells a claim from any other; a rehearsal gives the same each time. */
  readonly maker?: string
}

function thisMaker(): string {
  return `${hostname()} ${randomUUID()}`
}

/** Takes a run that is shared in the bucket: the machine that had it until now stops before its next job. Throws PR_STATE. */
export async function takeRun(
  stateDir: string,
  storage: StorageClient,
  run: RunToTake,
  signal: AbortSignal,
): Promise<TakenRun> {
  const { runName, isNew, maker = thisMaker() } = run
  const names = runObjects(storage.prefix, runName)
  const objects = await storage.list(`${names.folder}/`, signal)
  const segments = objects.filter(({ name }) => name.startsWith(`${names.folder}/journal/`))
  const sent = await sharedLength(storage, run, segments)
  const numbers = objects.map(({ name }) => Number(/\/claim_(\d+)\.json$/.exec(name)?.[1] ?? 0))
  const last = Math.max(0, ...numbers)
  if (isNew && last === 1) return { claimed: 1, sent }
  const claimed = last + 1
  const isOurs = await withClaim(stateDir, { runName, maker }, (path) =>
    isPlaced(storage, { runName, number: claimed, path }, signal),
  )
  if (isOurs) return { claimed, sent }
  throw new PromptRunnerError('PR_STATE', `--resume ${runName}: another machine takes this run in this very moment`, {
    hint: 'Let it go on there, or try again.',
  })
}

async function isPlaced(
  storage: StorageClient,
  { runName, number, path }: { readonly runName: string; readonly number: number; readonly path: string },
  signal: AbortSignal,
): Promise<boolean> {
  const object = runObjects(storage.prefix, runName).claim(number)
  return (await storage.claim({ path, object, contentType: 'application/json' }, signal)) !== null
}

/** Gives a claim that differs from any other, as a file for as long as the work takes. */
async function withClaim<T>(
  stateDir: string,
  { runName, maker }: Pick<RunToTake, 'runName'> & { readonly maker: string },
  work: (path: string) => Promise<T>,
): Promise<T> {
  writeClaim(stateDir, { runName, maker })
  try {
    return await work(claimFile(stateDir, runName))
  } finally {
    forgetClaim(stateDir, runName)
  }
}

function writeClaim(stateDir: string, { runName, maker }: Pick<RunToTake, 'runName'> & { readonly maker: string }) {
  makeFolder(stateDir)
  writeFileSync(claimFile(stateDir, runName), `${JSON.stringify({ run_name: runName, claimed_by: maker })}\n`)
}

/** Takes away the file of a claim when its run has begun, and the journal says all. For whoever holds the lock of the run. */
export function forgetClaim(stateDir: string, runName: string): void {
  rmSync(claimFile(stateDir, runName), { force: true })
}

function claimFile(stateDir: string, runName: string): string {
  return join(stateDir, `${runName}.claim`)
}
