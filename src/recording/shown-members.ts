import { isRedacted, withoutRedacted } from './redacted-value.ts'

/** A member of a class's `ui` that lists the files which it wrote. */
export interface FileMember {
  readonly kind: 'files'
  readonly key: string
  readonly extension: string
  readonly type: string
  /** Its names have no underscore after the counter: `au_00001.flac`. */
  readonly isPlain: boolean
  /** What stood in front of the counter or of a temporary file's letters; the node's own prefix goes before it. */
  readonly stem: string
  /** The input whose value was the extension, as a format is. */
  readonly extensionInput: string | null
  /** What its entries have besides name and place. */
  readonly more: Readonly<Record<string, unknown>>
}

/** A member of a class's `ui` that holds values: texts, numbers, flags. */
export interface ValueMember {
  readonly kind: 'values'
  readonly key: string
  readonly values: readonly ShownValue[]
}

/** A value that was the value of an input, or one that the class itself gave. */
export type ShownValue = { readonly input: string } | { readonly value: unknown }

export type ShownMember = FileMember | ValueMember

/** What a class's `ui` teaches for nodes with other inputs. */
export function shownMembers(
  output: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, unknown>>,
): ShownMember[] {
  return Object.entries(withoutRedacted(output)).flatMap(([key, list]): ShownMember[] => {
    if (!Array.isArray(list)) return []
    const [first] = list as unknown[]
    if (isFile(first)) return [fileMember(key, first, inputs)]
    return [{ kind: 'values', key, values: list.map((value) => shownValue(value, key, inputs)) }]
  })
}

interface Entry {
  readonly filename: string
  readonly type?: unknown
}

function isFile(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'filename' in value && typeof value.filename === 'string'
}

const ENTRY = new Set(['filename', 'subfolder', 'type', 'id'])

function fileMember(key: string, entry: Entry, inputs: Readonly<Record<string, unknown>>): FileMember {
  const [, name = '', extension = ''] = /^(.*?)(?:\.([^.]+))?$/s.exec(entry.filename) ?? []
  const [, stem = name, , after = '_'] = /^(.*?)(_temp_[a-z]{5})?_\d+(_?)$/s.exec(name) ?? []
  const format = Object.entries(inputs).find(([, value]) => value === extension)
  const more = Object.entries(withoutRedacted({ ...entry })).filter(([member]) => !ENTRY.has(member))
  return {
    kind: 'files',
    key,
    extension,
    type: String(entry.type),
    isPlain: after === '',
    stem,
    extensionInput: format?.[0] ?? null,
    more: Object.fromEntries(more),
  }
}

function shownValue(value: unknown, key: string, inputs: Readonly<Record<string, unknown>>): ShownValue {
  const texts = Object.entries(inputs).filter(([, given]) => typeof given === 'string' && given !== '')
  const [same] = texts.find(([, given]) => given === value) ?? []
  if (same !== undefined) return { input: same }
  // A text that came over a link is not among the constants.
  if (typeof value === 'string' && Array.isArray(inputs[key])) return { input: key }
  return { value: isRedacted(value) ? null : value }
}
