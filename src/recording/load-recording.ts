import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { allOf } from '../domain/all-of.ts'
import { PromptRunnerError } from '../errors.ts'
import { isFolder } from '../files/folders.ts'
import { homeOf, plainEntry } from './comfyui-home.ts'
import type { LoadedEntry } from './loaded-entry.ts'
import { type LoadedHar, readHar } from './read-har.ts'

/** Recorded traffic of one scenario. */
export interface Recording {
  readonly name: string
  /** One per service, in the order of their file names. */
  readonly hars: readonly LoadedHar[]
  /** Entries of all HARs, oldest first. The routes of a ComfyUI that was below a path are those of one that is not. */
  readonly entries: readonly LoadedEntry[]
  /** One sentence for each entry that cannot be used. */
  readonly leftOut: readonly string[]
  readonly facts: RecordingFacts
}

/** `log._pr` of a recording; empty strings in the HARs of others. */
export interface RecordingFacts {
  readonly name: string
  /** ISO date. */
  readonly recorded: string
  /** What was recorded, or what it was written from. */
  readonly source: string
  readonly server: string
  readonly device: string
}

/**
 * Loads a recording by its name (from `recordings/` in the current folder, or from the shipped ones), a folder of HARs,
 * or one HAR file, packed or not. Throws PR_RECORDING, naming the recordings that exist, or every HAR that cannot be read.
 */
export async function loadRecording(nameOrPath: string): Promise<Recording> {
  const files = await harFiles(nameOrPath)
  const hars = await allOf(files.map(readHar))
  const sorted = hars.flatMap((har) => har.entries).toSorted((a, b) => a.startedAt - b.startedAt)
  const home = homeOf(sorted)
  const entries = home === null ? sorted : sorted.map((entry) => plainEntry(entry, home))
  const startedAt = entries.find((entry) => entry.startedAt > 0)?.startedAt
  const leftOut = hars.flatMap((har) => har.leftOut)
  return { name: nameOrPath, hars, entries, leftOut, facts: factsOf(hars, nameOrPath, startedAt) }
}

/** Names that `loadRecording` takes wherever it is run. */
export function shippedRecordings(): Promise<string[]> {
  return recordingsIn(shippedFolder())
}

/** Shipped recordings without a ComfyUI: the other services answer from them, whatever recording is named. */
const BESIDE: ReadonlySet<string> = new Set(['gcs', 'runpod'])

/** Lies beside the recordings, and is none: times that others have published. */
const PROFILES = 'profiles'

/** One that is being made. */
const UNFINISHED = /\.unfinished-\d{8}_\d{6}/

const HAR = /\.har(?:\.gz|\.zip)?$/i
const PACKED = /\.(?:gz|zip)$/i

async function recordingsIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return found
    .filter((item) => item.isDirectory() && item.name !== PROFILES && !UNFINISHED.test(item.name))
    .map((item) => item.name)
    .toSorted()
}

/** Where a recording of that name lies, in the current folder or among the shipped ones; else the path itself. */
export function recordingFolder(nameOrPath: string): string {
  const isName = /^(?!\.{1,2}$)[\w.-]+$/.test(nameOrPath)
  const homes = isName ? [join('recordings', nameOrPath), join(shippedFolder(), nameOrPath)] : []
  return homes.find((home) => existsSync(home)) ?? nameOrPath
}

async function harFiles(nameOrPath: string): Promise<string[]> {
  if (HAR.test(nameOrPath)) return [nameOrPath]
  const folder = recordingFolder(nameOrPath)
  // Whatever its name, a file is taken for a HAR: reading it says more than refusing it.
  if (existsSync(folder) && !isFolder(folder)) return [folder]
  const names = (await readdir(folder).catch(() => [])).filter((name) => HAR.test(name)).toSorted()
  // Packed beside the same unpacked, a HAR would be there twice.
  const files = names.filter((name) => !names.includes(name.replace(PACKED, '')) || !PACKED.test(name))
  if (files.length > 0) return files.map((name) => join(folder, name))
  const what = existsSync(folder)
    ? `the folder ${folder} holds no *.har file`
    : `there is no recording named ${JSON.stringify(nameOrPath)}`
  const known = new Set([...(await recordingsIn('recordings')), ...(await shippedRecordings())]).difference(BESIDE)
  throw new PromptRunnerError('PR_RECORDING', what, {
    hint: `these exist: ${[...known].join(', ')}; a folder with *.har files or one HAR file also works`,
  })
}

// The same distance from src/recording and from dist/recording.
function shippedFolder(): string {
  return fileURLToPath(new URL('../../recordings/', import.meta.url))
}

function factsOf(hars: readonly LoadedHar[], name: string, startedAt: number | undefined): RecordingFacts {
  const facts = hars.find((har) => har.facts['source'] !== undefined)?.facts ?? {}
  const text = (key: string) => (typeof facts[key] === 'string' ? facts[key] : '')
  const recorded = startedAt === undefined ? '' : new Date(startedAt).toISOString().slice(0, 10)
  return {
    name: text('name') || name,
    recorded: text('recorded') || recorded,
    source: text('source'),
    server: text('server'),
    device: text('device'),
  }
}
