import { type JsonPlace, type JsonVisitor, mapStrings } from './json-walk.ts'
import type { KeptPlace } from './kept-tree.ts'
import { looksLikeKey } from './key-looks.ts'
import { placeholder } from './redact-text.ts'
import { isSecret, secrecyOf } from './secret-names.ts'

export interface JsonRules {
  /** What the protocol has here; any other string goes. null: only secrets go. */
  readonly kept: KeptPlace | null
  /** What stands in lists is names of models and files, and names of members say nothing of values: the answer of object_info. */
  readonly isCatalogue: boolean
  /** A string as it may be written, whatever stands before it. */
  readonly text: (value: string) => string
  /** Whether known secrets were taken out of the text before: where they stood is told, too. */
  readonly isMarked: boolean
  /** Told of each name in a catalogue. */
  readonly learn: (name: string) => void
  /** Told where something was taken out: `prompt.6.inputs.text`. */
  readonly changed: (member: string) => void
}

/** JSON without secrets, and with the strings alone that are kept; null for what is none. Layout, names and numbers stay. */
export function redactJson(text: string, rules: JsonRules): string | null {
  return mapStrings(text, new Visitor(rules))
}

/** An object or a list, and how it was come to. */
interface Place {
  readonly kept: KeptPlace | null
  /** That of the object or list, or of what is nearest above it and has one. */
  readonly name: string | null
  /** The name of a secret that all of this belongs to. */
  readonly secret: string | null
  /** The string before: an option of a program, or what names the value beside it. */
  last: string
}

class Visitor implements JsonVisitor<Place> {
  readonly top: Place
  readonly #rules: JsonRules

  constructor(rules: JsonRules) {
    this.#rules = rules
    this.top = { kept: rules.kept, name: null, secret: null, last: '' }
  }

  below(above: Place, name: string | null): Place {
    const kept = name === null ? above.kept : (above.kept?.below(name) ?? null)
    const secret = name !== null && this.#tells(kept) && secrecyOf(name) === 'secret' ? name : above.secret
    return { kept, name: name ?? above.name, secret, last: '' }
  }

  /** In a catalogue, all that is open; elsewhere the name of each string tells. */
  isPlain({ kept }: Place): boolean {
    return this.#rules.isCatalogue && (kept === null || kept.isOpen)
  }

  string(value: string, place: Place, name: string | null, at: JsonPlace): string {
    if (value === '') return value
    const left = value.startsWith('{{') && placeholders.test(value) ? value : this.#left(value, place, name, at)
    if (left !== value || (this.#rules.isMarked && value.includes('{{secret:'))) this.#rules.changed(at.member())
    return left
  }

  /** Names of classes and inputs are never touched. */
  name(name: string): string {
    return this.#rules.isCatalogue ? name : this.#rules.text(name)
  }

  #left(value: string, place: Place, name: string | null, at: JsonPlace): string {
    const kept = name === null ? place.kept : (place.kept?.below(name) ?? null)
    if (kept && !kept.isKept) return `{{redacted:${name ?? place.name ?? 'value'}}}`
    if (this.#rules.isCatalogue && name === null) {
      this.#rules.learn(value)
      return value
    }
    const option = name === null ? (optionBefore(place) ?? variableBefore(place, value)) : null
    place.last = name === null || labels.test(name) ? value : place.last
    if (name !== null && place.last === '' && values.test(name)) place.last = at.label() ?? ''
    const secret = option !== null ? option : this.#tells(kept) ? secretName(value, place, name) : null
    if (secret !== null && !(name === null && at.isLink())) return placeholder(secret)
    return this.#rules.text(value)
  }

  /** Where a list says what stays, names tell only of what is open. */
  #tells(kept: KeptPlace | null): boolean {
    return !this.#rules.isCatalogue && (kept === null || kept.isOpen)
  }
}

/** The name by which a string is a secret; null when it is none. */
function secretName(value: string, place: Place, name: string | null): string | null {
  if (place.secret !== null) return place.secret
  if (name === null) return null
  if (values.test(name) && place.last !== '' && isSecret(place.last, value)) return place.last
  return isSecret(name, value) ? name : null
}

/** The option of a program that what comes next in a list belongs to, when that is a secret. */
function optionBefore({ last }: Place): string | null {
  return /^--?\w/.test(last) && secrecyOf(last) === 'secret' ? last.replace(/^-+/, '') : null
}

/** `["HF_TOKEN", "…"]` */
function variableBefore({ last }: Place, value: string): string | null {
  return last !== '' && /^\w+$/.test(last) && secrecyOf(last) === 'secret' && looksLikeKey(value) ? last : null
}

/** `{"name": "HF_TOKEN", "value": "…"}` */
const labels = /^(?:name|key|header|variable|field)$/i
const values = /^(?:value|val|content)$/i
const placeholders = /^\{\{(?:secret|redacted):[^"{}]*\}\}$/
