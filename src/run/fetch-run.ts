import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { StorageClient } from '../clients/clients.ts'
import { createStorageClient } from '../clients/gcs/gcs.ts'
import { createLayout, type Layout, runObjects, stateDirOf } from '../config/layout.ts'
import type { Settings } from '../config/settings-types.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import { makeFolder } from '../files/folders.ts'
import { syncFile } from '../files/sync.ts'
import { hasDigest } from '../orchestrator/file-digest.ts'
import { type SharedFile, sharedFilesOf } from '../orchestrator/share.ts'
import { readRunState } from '../state/read-journal.ts'
import { lockRun } from '../state/run-lock.ts'
import type { VideoState } from '../state/run-state.ts'
import type { RunHost } from './run-host.ts'

/**
 * Brings a run here that another machine shares in the bucket: its journal, and the files of its jobs that are not here. What is not
 * there either is looked for on the server, as in any run that goes on. Throws PR_STATE.
 */
export async function fetchRun(settings: Settings, { output, signal }: RunHost): Promise<void> {
  const { bucket, ...storage } = settings.storage
  const { outputDir, resume } = settings.run
  const [runName, stateDir] = [resume ?? '', stateDirOf(outputDir)]
  const client = createStorageClient({ ...storage, bucket: bucket ?? '' })
  const layout = createLayout(outputDir, runName)
  for (const folder of layout.folders) makeFolder(folder)
  using _lock = lockRun(stateDir, runName, Date.now())
  const names = await namesIn(client, runName, signal)
  await fetchJournal(client, names, layout, signal)
  let count = 0
  for (const { path, digest } of neededFiles(layout)) {
    const object = runObjects(client.prefix, runName).file(digest.crc32c, path)
    if (!names.has(object) || (await hasDigest(path, digest))) continue
    await client.download(object, path, signal)
    syncFile(path)
    count += 1
  }
  output.info(`Run ${runName} was fetched from gs://${bucket}: its journal and ${counted(count, 'file')}`)
}

/** Throws PR_STATE when no journal is among them. */
async function namesIn(client: StorageClient, runName: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { folder, journal } = runObjects(client.prefix, runName)
  const names = new Set((await client.list(`${folder}/`, signal)).map(({ name }) => name))
  if (names.has(journal(0))) return names
  const address = `gs://${client.bucket}/${folder}`
  throw new PromptRunnerError('PR_STATE', `--resume ${address}: there is no journal of a run`, {
    hint: 'Only a run with --upload all is shared. Check the address, or resume where the run was made.',
  })
}

/** The journal here may be the longer one: then the run has gone on here. Throws PR_STATE when they differ. */
async function fetchJournal(
  client: StorageClient,
  names: ReadonlySet<string>,
  { journal, root }: Layout,
  signal: AbortSignal,
): Promise<void> {
  const runName = basename(journal, '.jsonl')
  const objects = runObjects(client.prefix, runName)
  const folder = mkdtempSync(join(root, 'fetched-'))
  try {
    let shared = Buffer.alloc(0)
    for (let object = objects.journal(0); names.has(object); object = objects.journal(shared.length)) {
      const path = join(folder, basename(object))
      await client.download(object, path, signal)
      const piece = readFileSync(path)
      if (piece.length === 0) break
      shared = Buffer.concat([shared, piece])
    }
    const own = existsSync(journal) ? readFileSync(journal) : Buffer.alloc(0)
    const both = Math.min(own.length, shared.length)
    if (!own.subarray(0, both).equals(shared.subarray(0, both))) throw otherJournal(client, runName, journal)
    if (own.length >= shared.length) return
    const whole = join(folder, 'journal')
    writeFileSync(whole, shared)
    syncFile(whole)
    makeFolder(dirname(journal))
    renameSync(whole, journal)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Of a film that is made nothing is needed but the film. */
function neededFiles({ journal, referenceFrame }: Layout): SharedFile[] {
  const { videos } = readRunState(journal)
  return Object.entries(videos).flatMap(([video, state]) =>
    state.status === 'finished'
      ? []
      : [...Object.values(state.done).flatMap(sharedFilesOf), ...references(video, state)],
  )

  function references(video: string, { referenceFiles }: VideoState): SharedFile[] {
    return Object.entries(referenceFiles).map(([chunk, digest]) => ({
      path: referenceFrame(video, Number(chunk)),
      digest,
    }))
  }
}

function otherJournal({ bucket, prefix }: StorageClient, runName: string, path: string): PromptRunnerError {
  const address = `gs://${bucket}/${runObjects(prefix, runName).folder}`
  return new PromptRunnerError('PR_STATE', `--resume ${address}: ${path} is the journal of another part of this run`, {
    hint: 'Both machines have gone on with it. Give another --output-dir to go on from the bucket.',
  })
}
