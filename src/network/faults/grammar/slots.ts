import * as z from 'zod'
import type { RunEvent } from '../../../domain/run-event.ts'

/** A place in a form that a value goes in: what it may be, and how it is written. */
export interface Slot<T> {
  /** What the help and error messages call it. */
  readonly shows: string
  /** Every word that it can be, where these are few. */
  readonly legal?: readonly string[]
  readonly schema: z.ZodType<T>
  /** How many of the words from `at` on it takes, and what they say; null when they say no such thing. */
  read(words: readonly string[], at: number): { readonly value: T; readonly took: number } | null
  write(value: T): string
}

function word(shows: string, legal: RegExp): Slot<string> {
  return {
    shows,
    schema: z.string().regex(legal),
    read: (words, at) => (legal.test(words[at] ?? '') ? { value: words[at]!, took: 1 } : null),
    write: (value) => value,
  }
}

function whole(shows: string, from: number, to: number): Slot<number> {
  return {
    shows,
    schema: z.int().min(from).max(to),
    read(words, at) {
      const value = Number(words[at])
      return /^\d+$/.test(words[at] ?? '') && value >= from && value <= to ? { value, took: 1 } : null
    },
    write: String,
  }
}

function among<const T extends string>(shows: string, legal: readonly T[]): Slot<T> & { legal: readonly T[] } {
  return {
    shows,
    legal,
    schema: z.enum(legal),
    read(words, at) {
      const value = legal.find((one) => one === words[at])
      return value === undefined ? null : { value, took: 1 }
    },
    write: (value) => value,
  }
}

/** A number with a unit, written as one word or two; `bare` is the unit of a number alone. */
function measure(shows: string, units: Readonly<Record<string, number>>, bare: string): Slot<number> {
  const largestFirst = Object.entries(units).toSorted(([, a], [, b]) => b - a)
  const factorOf = (unit: string) => units[unit] ?? units[unit.toLowerCase()]
  return {
    shows,
    schema: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
    read(words, at) {
      const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(words[at] ?? '') ?? []
      if (number === undefined) return null
      const isApart = unit === '' && factorOf(words[at + 1] ?? '') !== undefined
      const factor = factorOf(isApart ? words[at + 1]! : unit || bare)
      return factor === undefined ? null : { value: Math.round(Number(number) * factor), took: isApart ? 2 : 1 }
    },
    write(value) {
      const fitting = largestFirst.find(([, factor]) => value >= factor && value % factor === 0)
      const [unit, factor] = fitting ?? [bare, units[bare]!]
      return `${value / factor} ${unit}`
    },
  }
}

/** A plain word, or any text in double quotes, as JSON writes it. */
function text(shows: string, plain: RegExp): Slot<string> {
  return {
    shows,
    schema: z.string(),
    read(words, at) {
      const said = words[at] ?? ''
      if (plain.test(said)) return { value: said, took: 1 }
      const value = said.startsWith('"') ? parsed(said) : undefined
      return typeof value === 'string' ? { value, took: 1 } : null
    },
    write: (value) => (plain.test(value) ? value : JSON.stringify(value)),
  }
}

/** All that is left, as JSON. */
const json: Slot<z.core.util.JSONType> = {
  shows: 'JSON',
  schema: z.json(),
  read(words, at) {
    const value = z.json().safeParse(parsed(words.slice(at).join(' ')))
    return value.success ? { value: value.data, took: words.length - at } : null
  },
  write: (value) => JSON.stringify(value),
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said)
  } catch {
    return undefined
  }
}

/** A number of connections, or all that will ever be opened. */
const connections: Slot<number | 'all'> = {
  shows: 'N|all',
  schema: z.union([z.int().min(1).max(1_000_000), z.literal('all')]),
  read(words, at) {
    return words[at] === 'all' ? { value: 'all', took: 1 } : number.read(words, at)
  },
  write: String,
}

const number = whole('N', 1, 1_000_000)
const size = measure('SIZE', { B: 1, KiB: 1024, k: 1024, kb: 1024, kib: 1024, MiB: 1024 ** 2, m: 1024 ** 2 }, 'B')
const time = measure('TIME', { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }, 'ms')
/** A secret of a fault that was kept somewhere stands there as such a word. */
const bareWord = /^(?:[\w./-]+|\{\{secret:[\w.-]+\}\})$/

/** The compiler sees to it that none is forgotten. */
const runEvents: Readonly<Record<RunEvent['kind'], true>> = {
  'run-started': true,
  server: true,
  estimate: true,
  'video-placed': true,
  'video-returned': true,
  'video-started': true,
  'job-started': true,
  'job-adopted': true,
  'server-away': true,
  'job-queued': true,
  'job-progress': true,
  'job-output': true,
  'job-ended': true,
  'job-finished': true,
  'job-taken': true,
  'job-failed': true,
  'reference-extracted': true,
  'reference-uploaded': true,
  'film-downloaded': true,
  'upload-started': true,
  'upload-progress': true,
  'upload-finished': true,
  cleanup: true,
  'video-finished': true,
  'video-failed': true,
  pod: true,
  price: true,
  warning: true,
  'run-finished': true,
}

/** Every slot by the name that forms give it, which is also its key in a fault's data. */
export const slots = {
  step: number,
  of: number,
  job: number,
  chunk: number,
  upload: number,
  method: among('METHOD', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: word('/PATH', /^\/[^\s"]*$/),
  message: among('MESSAGE', [
    'execution_start',
    'execution_cached',
    'executing',
    'progress',
    'progress_state',
    'executed',
    'execution_success',
    'execution_error',
    'execution_interrupted',
    'status',
    'preview',
  ]),
  node: text('NODE', bareWord),
  call: among('CALL', [
    'storage.objects.insert',
    'storage.objects.get',
    'storage.objects.list',
    'storage.objects.patch',
    'storage.objects.delete',
    'storage.buckets.get',
  ]),
  podCall: among('CALL', ['look', 'start', 'stop', 'restart', 'terminate']),
  program: among('PROGRAM', ['ffmpeg', 'ffprobe']),
  event: among('EVENT', Object.keys(runEvents) as RunEvent['kind'][]),
  file: among('FILE', ['video', 'film', 'combined', 'latent', 'reference', 'journal', 'manifest', 'cleanup']),
  status: whole('N', 200, 599),
  as: among('KIND', ['html', 'json', 'text', 'nothing']),
  seconds: whole('N', 0, 1_000_000),
  url: word('URL', /^[^\s"]+$/),
  member: word('MEMBER', /^[^\s"=]+$/),
  json,
  name: word('NAME', /^[^\s"=.]+$/),
  model: text('MODEL', bareWord),
  header: word('NAME', /^[\w-]+$/),
  text: text('TEXT', bareWord),
  saying: text('TEXT', bareWord),
  damage: among('DAMAGE', ['damaged', 'cut', 'empty', 'foreign']),
  size,
  sent: size,
  received: size,
  rate: size,
  pause: time,
  connections,
  code: whole('CODE', 1000, 4999),
  files: among('WITH', ['with', 'without']),
  exception: word('TYPE', /^[A-Za-z_][\w.]*$/),
  exit: whole('N', 1, 255),
  signal: among('SIGNAL', ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP']),
} as const
