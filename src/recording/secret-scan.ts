import { closeSync, openSync, readdirSync, readSync } from 'node:fs'
import { join, relative } from 'node:path'
import { counted } from '../domain/wording.ts'
import { type Problem, PromptRunnerError } from '../errors.ts'
import { isSecret, secrecyOf } from './secret-names.ts'
import { shapesIn } from './secret-shapes.ts'
import { base64Spellings, plainSpellings } from './secret-spellings.ts'

/** Values shorter than this would be found everywhere. */
const SHORTEST = 8

/** Values of variables that are secrets by their names; a path is none. */
export function secretValues(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const found = Object.entries(environment).filter(
    (pair): pair is Secret =>
      isSecret(pair[0], pair[1] ?? '') && (pair[1]?.length ?? 0) >= SHORTEST && !pair[1]?.startsWith('/'),
  )
  return Object.fromEntries(found)
}

/**
 * Looks through every file below `folder`, binary ones too, for keys of known forms and for `values`, the short ones
 * excepted. Values are found in JSON and percent-encoded too, and in text also in base64, in which HAR files keep
 * frames of sockets and small binary bodies. Throws PR_SECRET naming file and kind, never the secret.
 */
export function refuseSecrets(folder: string, values: Readonly<Record<string, string | null>>): void {
  const known = Object.entries(values).filter((pair): pair is Secret => (pair[1]?.length ?? 0) >= SHORTEST)
  const problems = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .flatMap((item) =>
      secretsIn(join(item.parentPath, item.name), relative(folder, join(item.parentPath, item.name)), known),
    )
  if (problems.length === 0) return
  throw new PromptRunnerError('PR_SECRET', `the recording in ${folder} holds ${counted(problems.length, 'secret')}`, {
    hint: 'it was not published; take the secret out of the workflow or of the environment, and record again',
    problems,
  })
}

type Secret = [name: string, value: string]

/** What a key is by how it begins; others are of a known form. */
const kinds: ReadonlyArray<readonly [kind: string, start: RegExp]> = [
  ['a private key', /^(?:-----|PuTTY|AGE-)/],
  ['a Google API key', /^AIza/],
  ['a Google access token', /^ya29\./],
  ['a RunPod API key', /^rp[as]_/],
  ['a Hugging Face token', /^hf_/],
  ['an AWS access key', /^A(?:KI|SI|BI|CC)A/],
  ['a GitHub token', /^gh[pousr]_|^github_pat_/],
  ['a Slack token', /^xox/],
  ['a secret key', /^sk-/],
  ['a JSON Web Token', /^ey/],
]

function kindOf(key: string): string {
  return kinds.find(([, start]) => start.test(key))?.[0] ?? 'a key of a known form'
}

/** A member of JSON as media files have it in what they say of the workflow that made them. */
const member = /\\*"([\w.-]{2,80})\\*"\s*:\s*\\*"((?:[^"\\]|\\.){4,4096}?)\\*"/g

/** Strings of this length die young; longer ones pile up until V8 looks through all of its memory. */
const PIECE = 64 * 1024
/** More than any secret is long, so that none is cut in two. */
const OVERLAP = 16 * 1024

function secretsIn(path: string, name: string, values: readonly Secret[]): Problem[] {
  const isText = /\.(?:har|jsonl?|txt)$/.test(name)
  const spelled = values.map(([variable, value]): [string, string[]] => [
    variable,
    [...plainSpellings(value), ...(isText ? base64Spellings(value) : [])].map((each) =>
      Buffer.from(each).toString('latin1'),
    ),
  ])
  const found = new Set<string>()
  for (const piece of piecesOf(path)) {
    for (const [, name = '', value = ''] of isText ? [] : piece.matchAll(member)) {
      if (secrecyOf(name) === 'secret' && !value.startsWith('{{')) found.add(`a value that is called ${name}`)
    }
    for (const text of isText ? [piece, ...encodedIn(piece)] : [piece]) {
      for (const { start, end } of shapesIn(text)) found.add(kindOf(text.slice(start, end)))
      for (const [variable, spellings] of spelled) {
        if (spellings.some((each) => text.includes(each))) found.add(`the value of ${variable}`)
      }
    }
  }
  return [...found].map((what) => ({ file: name, message: `${what} stands in it` }))
}

/** The bytes of a file, one character each, in pieces that overlap. */
function* piecesOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  const piece = Buffer.alloc(PIECE + OVERLAP)
  try {
    for (let kept = 0, read = readSync(file, piece, 0, PIECE, null); read > 0; ) {
      const end = kept + read
      yield piece.toString('latin1', 0, end)
      kept = Math.min(OVERLAP, end)
      piece.copy(piece, 0, end - kept, end)
      read = readSync(file, piece, kept, PIECE, null)
    }
  } finally {
    closeSync(file)
  }
}

const decoded = Buffer.alloc(4 * (PIECE + OVERLAP))

/**
 * What stands percent-encoded or in base64 in a text, decoded. A run of base64 at the very start may have begun before
 * it, so it is decoded at each of the four places where a group can begin.
 */
function encodedIn(text: string): string[] {
  let length = 0
  for (const { 0: run, index } of text.matchAll(/[A-Za-z0-9+/_-]{24,}/g)) {
    for (const offset of index === 0 ? [0, 1, 2, 3] : [0]) {
      length += decoded.write(run.slice(offset), length, 'base64')
    }
    decoded[length] = 10
    length += 1
  }
  const plain = /%[0-9a-f]{2}/i.test(text)
    ? [text.replaceAll(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))]
    : []
  return [decoded.toString('latin1', 0, length), ...plain]
}
