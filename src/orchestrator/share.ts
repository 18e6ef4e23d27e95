import { open, rm, stat, writeFile } from 'node:fs/promises'
import type { StorageClient } from '../clients/clients.ts'
import { runObjects } from '../config/layout.ts'
import { crc32c, crc32cBase64 } from '../domain/crc32c.ts'
import { type FileDigest, filesOf, type JobResult, type StoredObject } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { hasDigest } from './file-digest.ts'

/** What `--upload all` sends: all that another machine needs to go on with the run. */
export interface Share {
  /** To be asked before whatever costs something. Throws PR_STATE when another machine goes on with the run. */
  check(): Promise<void>
  /**
   * Sends files, and then what the journal has said since the last time, so that it names nothing that is not there. What cannot be
   * sent is told, and sent the next time. Throws PR_STATE as above.
   */
  send(files: readonly SharedFile[]): Promise<void>
}

/** A local file. */
export interface SharedFile {
  readonly path: string
  readonly digest: FileDigest
}

/** The files that a job brought here; but for a film, which is combined again in seconds and uploaded when it is whole. */
export function sharedFilesOf(result: JobResult): SharedFile[] {
  if (result.kind === 'combine') return []
  return filesOf(result).flatMap(([, { copy, digest }]) => (copy !== null && digest ? [{ path: copy, digest }] : []))
}

export interface ShareOptions {
  readonly storage: StorageClient
  readonly runName: string
  /** Path of the journal. */
  readonly journal: string
  /** The number of this machine's claim: whoever has a higher one has the run. */
  readonly claimed: number
  /** Bytes of the journal that the bucket has. */
  readonly sent: number
  readonly warn: (message: string) => void
  readonly signal: AbortSignal
}

/** Shares a run through its bucket. */
export function openShare(options: ShareOptions): Share {
  const { storage, runName, journal, claimed, warn, signal } = options
  const names = runObjects(storage.prefix, runName)
  const elsewhere = (what: string) => goesOnElsewhere(storage, runName, what)
  const waiting: SharedFile[] = []
  let { sent } = options

  async function sendFiles(): Promise<void> {
    for (let file = waiting[0]; file; file = waiting[0]) {
      const { path, digest } = file
      const object = names.file(digest.crc32c, path)
      const isAsItWas = await hasDigest(path, digest)
      if (isAsItWas) await storage.upload({ path, object, contentType: 'application/octet-stream' }, signal)
      else warn(`${path} is not as it was when it came: the bucket does not have it`)
      waiting.shift()
    }
  }

  async function sendJournal(): Promise<void> {
    const piece = await bytesOf(journal, sent)
    if (piece.length === 0) return
    const part = `${journal}.part`
    try {
      await writeFile(part, piece)
      const request = { path: part, object: names.journal(sent), contentType: 'application/jsonl' }
      if ((await storage.claim(request, signal)) === null) {
        // An answer may have been lost, and the journal have grown since.
        const there = await storage.stat(names.journal(sent), signal)
        if (!there || !isOf(piece, there)) throw elsewhere('has another journal')
        sent += there.size
        return sendJournal()
      }
    } finally {
      await rm(part, { force: true })
    }
    sent += piece.length
  }

  async function leniently(doing: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof PromptRunnerError) || error.code === 'PR_STATE') throw error
      warn(`${doing}: ${error.message}`)
    }
  }

  let last: Promise<unknown> = Promise.resolve()
  /** Films of several servers send at a time, and what is sent twice would be taken for another machine's. */
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }

  return {
    check: () =>
      leniently('Whether another machine goes on with this run is not known', async () => {
        if ((await storage.stat(names.claim(claimed + 1), signal)) !== null) throw elsewhere('has a later claim')
      }),
    send: (files) =>
      inTurn(() =>
        leniently('What another machine needs is sent later', async () => {
          waiting.push(...files)
          await sendFiles()
          await sendJournal()
        }),
      ),
  }
}

/** Bytes of the journal that the bucket has in `segments`. Throws PR_STATE when it has others, or more. */
export async function sharedLength(
  storage: StorageClient,
  { runName, journal }: Pick<ShareOptions, 'runName' | 'journal'>,
  segments: readonly StoredObject[],
): Promise<number> {
  const names = runObjects(storage.prefix, runName)
  const left = new Map(segments.map((object) => [object.name, object]))
  let length = 0
  for (let next = left.get(names.journal(0)); next; next = left.get(names.journal(length))) {
    if (!isOf(await bytesOf(journal, length, next.size), next)) break
    left.delete(next.name)
    length += next.size
  }
  if (left.size > 0) throw goesOnElsewhere(storage, runName, 'has another journal')
  return length
}

/** Whether `bytes` begin with what an object has. */
function isOf(bytes: Buffer, { size, crc32c: sum }: StoredObject): boolean {
  return bytes.length >= size && crc32cBase64(crc32c(bytes.subarray(0, size))) === sum
}

/** Bytes of a file from an offset on; none of a file that is not there. */
async function bytesOf(path: string, from: number, length?: number): Promise<Buffer> {
  const found = await stat(path).catch(() => null)
  const wanted = Math.min(length ?? Number.POSITIVE_INFINITY, (found?.size ?? 0) - from)
  if (wanted <= 0) return Buffer.alloc(0)
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted), 0, wanted, from)
  return buffer.subarray(0, bytesRead)
}

function goesOnElsewhere({ bucket, prefix }: StorageClient, runName: string, what: string): PromptRunnerError {
  const address = `gs://${bucket}/${runObjects(prefix, runName).folder}`
  return new PromptRunnerError('PR_STATE', `another machine goes on with this run: ${address} ${what}`, {
    hint: `Let it go on there, or take it back: --resume ${address}, into another output directory.`,
  })
}
