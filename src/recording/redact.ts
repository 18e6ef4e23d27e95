import { createHash } from 'node:crypto'
import type { HarHeader } from './har.ts'
import { keptAt } from './kept-tree.ts'
import { knownSecrets } from './known-secrets.ts'
import { isForm, mapBody } from './map-body.ts'
import { redactJson } from './redact-json.ts'
import { placeholder, redactText } from './redact-text.ts'
import { RememberedBodies } from './remembered-bodies.ts'
import { secrecyOf } from './secret-names.ts'

/** What a text is the body or the message of. */
export interface BodyKind {
  /** That of the address. */
  readonly path: string
  /** '': unknown. */
  readonly mimeType: string
}

/** A text as it may be written, and the members of its JSON that lost something (`prompt.6.inputs.text`). */
export interface RedactedBody {
  readonly text: string
  readonly changed: readonly string[]
}

/**
 * Takes secrets out of what is about to be written, or compared with something that was. Both sides go through the same
 * function, so a redacted recording still matches live traffic. Redacting twice changes nothing.
 */
export interface Redactor {
  headers(headers: Iterable<readonly [name: string, value: string]>): HarHeader[]
  url(url: string): string
  /** The pairs of a query string, without the secrets in it. */
  query(pairs: Iterable<readonly [name: string, value: string]>): HarHeader[]
  /** A line of a log, a sentence, a header of a part: any text. Everything but the secrets stays as it was. */
  text(text: string): string
  /** A body, or the message of a socket. null: it is like JSON and cannot be read, so only its hash may be kept. */
  body(text: string, kind: BodyKind): RedactedBody | null
}

/** What a redactor goes by besides secrets that are known and the forms of secrets. */
export interface RedactorRules {
  /** Tells these rules, all but `known`, from others. */
  readonly name: string
  /** Secrets of this run by name (`COMFYUI_TOKEN`, …); they are taken out wherever they occur. */
  readonly known: Readonly<Record<string, string | null | undefined>>
  readonly isOpenHeader: (name: string) => boolean
  readonly isOpenQuery: (name: string) => boolean
  readonly isOpenField: (name: string) => boolean
  /** Of JSON only what the protocol has at an address stays (`kept-members.ts`). */
  readonly isListed: boolean
  /** What else is taken out of any text. */
  readonly more: (text: string) => string
}

/** The redactor of run folders and logs: there only secrets go, by what their names say. */
export function createRedactor(known: RedactorRules['known'] = {}): Redactor {
  const isOpen = (name: string) => secrecyOf(name) === 'open'
  return redactorOf({
    name: 'run folder',
    known,
    isOpenHeader: isOpen,
    isOpenQuery: isOpen,
    isOpenField: isOpen,
    isListed: false,
    more: (text) => text,
  })
}

/** A redactor that goes by such rules. */
export function redactorOf({ known, isListed, more, ...rules }: RedactorRules): Redactor {
  const withoutKnown = knownSecrets(known)
  const names = new Set<string>()
  const seen = new Map<string, string>()
  const cleaned = (text: string) => more(withoutNames(text, names, redactText))
  const plain = (text: string): string => {
    // To look for many names takes its time.
    if (names.size === 0 || text.length > LONGEST) return cleaned(text)
    const known = seen.get(text)
    if (known !== undefined) return known
    const left = cleaned(text)
    if (seen.size >= MOST) seen.clear()
    seen.set(text, left)
    return left
  }
  const json = (
    text: string,
    path: string | null,
    changed: (member: string) => void,
    isMarked = false,
  ): string | null =>
    redactJson(text, {
      kept: isListed && path !== null ? keptAt(path) : null,
      isCatalogue: path !== null && /\/object_info(?:\/|$)/.test(path),
      text: (value) => (/^\s*[{[]./.test(value) ? json(value, null, () => {}) : null) ?? plain(value),
      learn: (name) => {
        if (redactText(name) === name || names.size > MANY || plain(name) === name) return
        names.add(name)
        seen.clear()
      },
      changed,
      isMarked,
    })
  const pairs = (text: string, isOpen: (name: string) => boolean) =>
    text
      .split('&')
      .map((pair) => redactedPair(pair, isOpen, plain))
      .join('&')

  const text = (input: string): string => {
    const left = withoutKnown(input)
    if (isForm(left)) return pairs(left, rules.isOpenField)
    return (/^\s*["{[]/.test(left) ? json(left, null, () => {}) : null) ?? plain(left)
  }
  const url = (address: string): string => {
    const [, base = '', search, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?([\s\S]*)$/.exec(withoutKnown(address))!
    const query = search === undefined ? '' : `?${pairs(search, rules.isOpenQuery)}`
    return (
      plain(base.replace(/^(\w+:\/\/)[^/@]*@/, '$1')) +
      query +
      (fragment && `#${pairs(fragment.slice(1), rules.isOpenQuery)}`)
    )
  }
  const readBody = (left: string, { path, mimeType }: BodyKind, isMarked: boolean): RedactedBody | null => {
    const changed = new Set<string>()
    const redacted = mapBody(left, mimeType, {
      json: (value) => json(value, path, (member) => changed.add(member), isMarked),
      form: (value) => pairs(value, rules.isOpenField),
      text: plain,
    })
    if (redacted === null) return null
    // What is no JSON has no members.
    if ((redacted !== left || isMarked) && changed.size === 0) changed.add('')
    return { text: redacted, changed: [...changed] }
  }
  const own = new RememberedBodies<LearntBody>()
  const body = (input: string, kind: BodyKind): RedactedBody | null => {
    const left = withoutKnown(input)
    const isMarked = left !== input
    if (input.length < LONG_BODY) return readBody(left, kind, isMarked)
    // By the rules alone a body comes to the same for whoever has them.
    const bodies = isMarked || names.size > 0 ? own : ofAll
    const key = [rules.name, names.size, kind.path, kind.mimeType].join('\n')
    const known = bodies.get(key, input)
    if (known === undefined) {
      const redacted = readBody(left, kind, isMarked)
      bodies.set(key, input, { redacted, names: [...names] })
      return redacted
    }
    for (const name of known.names) names.add(name)
    return known.redacted
  }
  return {
    text,
    url,
    body,
    query: (list) =>
      Array.from(list, ([name, value]) => ({
        name: plain(withoutKnown(name)),
        value: rules.isOpenQuery(name) ? plain(withoutKnown(value)) : placeholder(name),
      })),
    headers: (list) =>
      Array.from(list, ([name, value]) => {
        if (!rules.isOpenHeader(name)) return { name, value: placeholder(name) }
        return { name, value: /^(?:content-)?location$/i.test(name) ? url(value) : plain(withoutKnown(value)) }
      }),
  }
}

/** Most of what is said on a wire is said again and again: what a short text comes to beside names is remembered. */
const LONGEST = 256
const MOST = 20_000
/** No message of a socket is as long. */
const LONG_BODY = 4 * 1024

/** With the names that it taught. */
interface LearntBody {
  readonly redacted: RedactedBody | null
  readonly names: readonly string[]
}

/** Of all redactors: a sweep, or a test, asks many simulated servers for the same catalogue. */
const ofAll = new RememberedBodies<LearntBody>()

/** What is kept of a message that cannot be read. */
export function hashedText(text: string): string {
  return `{{redacted:${createHash('sha256').update(text).digest('hex')}}}`
}

/** Names of models and files that look like keys; a catalogue of them holds few. */
const MANY = 1_000

/** Names that a catalogue has are never touched. */
function withoutNames(text: string, names: ReadonlySet<string>, redact: (text: string) => string): string {
  for (const name of names) {
    if (text.includes(name))
      return text
        .split(name)
        .map((part) => withoutNames(part, names, redact))
        .join(name)
  }
  return redact(text)
}

/** A pair as it is spelled, without its value when that is a secret. */
function redactedPair(pair: string, isOpen: (name: string) => boolean, plain: (text: string) => string): string {
  const [spelled = ''] = pair.split('=', 1)
  if (spelled.length === pair.length) return plain(pair)
  const name = decoded(spelled)
  const value = pair.slice(spelled.length + 1)
  // With a name that is a secret itself, the value may be anything.
  if (plain(name) !== name) return `${plain(name)}=${value === '' ? '' : placeholder('value')}`
  if (value === '' || placeholders.test(value)) return pair
  if (!isOpen(name)) return `${spelled}=${placeholder(name)}`
  const seen = decoded(value)
  const left = plain(seen)
  if (left === seen) return pair
  const parts = left.split(/(\{\{[^{}]*\}\})/)
  return `${spelled}=${parts.map((part, index) => (index % 2 === 1 ? part : encodeURIComponent(part.toWellFormed()))).join('')}`
}

const placeholders = /^\{\{(?:secret|redacted):[^"{}]*\}\}$/

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
