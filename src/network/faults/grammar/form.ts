import * as z from 'zod'
import { type Slot, slots } from './slots.ts'

type Slots = typeof slots
type SlotName = keyof Slots
type ValueOf<Name> = Name extends SlotName ? NonNullable<z.infer<Slots[Name]['schema']>> | NullIn<Name> : never
type NullIn<Name> = Name extends 'json' ? null : never

type NamesIn<Text extends string> = Text extends `${string}<${infer Name}>${infer Rest}` ? Name | NamesIn<Rest> : never
type Unbracketed<Text extends string> = Text extends `${infer Before}[${string}]${infer After}`
  ? `${Before}${Unbracketed<After>}`
  : Text

/** What a form says: a value for each of its slots, null for one in a group that was left out. */
export type Said<Text extends string> = {
  readonly [Name in NamesIn<Text>]: ValueOf<Name> | (Name extends NamesIn<Unbracketed<Text>> ? never : null)
}

type Part = { readonly word: string } | { readonly slot: SlotName } | { readonly group: readonly Part[] }

/** How far a form fits. */
export interface Misfit {
  readonly at: number
  /** Words that it would go on with there, and slots as `<N>`. */
  readonly expected: readonly string[]
}

/** Words with slots in them, `step <step> [of job <job>]`: read, written and checked by the same text. */
export class Form {
  readonly text: string
  /** Of what it says, without a kind. */
  readonly schema: z.ZodObject
  private readonly parts: readonly Part[]

  constructor(text: string) {
    this.text = text
    this.parts = partsOf(text)
    this.schema = z.strictObject(shapeOf(this.parts))
  }

  /** What all the words say in this form, or how far they fit. */
  read(words: readonly string[]): { readonly said: Record<string, unknown> } | Misfit {
    const nothing = Object.fromEntries(namesIn(this.parts).map((name) => [name, null]))
    const reading = new Reading(words)
    const said = reading.read(this.parts, 0, nothing)
    return said ? { said } : reading.misfit
  }

  write(said: Readonly<Record<string, unknown>>): string {
    return written(this.parts, said).join(' ')
  }

  /** `step N [of N] [of job N]` */
  get shown(): string {
    return this.text.replaceAll(/<(\w+)>/g, (_, name: SlotName) => shownOf(slots[name]))
  }
}

/** Few words stand for themselves. */
function shownOf({ shows, legal }: Slot<unknown>): string {
  return legal && legal.length < 6 ? legal.join('|') : shows
}

/** Tries a form with and without each of its optional groups. */
class Reading {
  private furthest = 0
  private expected: string[] = []
  private readonly words: readonly string[]

  constructor(words: readonly string[]) {
    this.words = words
  }

  get misfit(): Misfit {
    return { at: this.furthest, expected: this.expected }
  }

  read(parts: readonly Part[], at: number, said: Record<string, unknown>): Record<string, unknown> | null {
    const [part, ...rest] = parts
    if (!part) {
      if (at === this.words.length) return said
      this.miss(at, [])
      return null
    }
    if ('group' in part) return this.read([...part.group, ...rest], at, said) ?? this.read(rest, at, said)
    if ('word' in part) {
      if (this.words[at] === part.word) return this.read(rest, at + 1, said)
      this.miss(at, [part.word])
      return null
    }
    const { legal, shows, ...slot }: Slot<unknown> = slots[part.slot]
    const found = slot.read(this.words, at)
    if (found) return this.read(rest, at + found.took, { ...said, [part.slot]: found.value })
    this.miss(at, legal ?? [`<${shows}>`])
    return null
  }

  private miss(at: number, expected: readonly string[]): void {
    if (at < this.furthest) return
    if (at > this.furthest) this.expected = []
    this.furthest = at
    this.expected.push(...expected)
  }
}

function partsOf(text: string): Part[] {
  return [...text.matchAll(/\[([^\]]*)\]|(\S+)/g)].map(([, group, word = '']): Part => {
    if (group !== undefined) return { group: partsOf(group) }
    const name = /^<(\w+)>$/.exec(word)?.[1]
    return name === undefined ? { word } : { slot: name as SlotName }
  })
}

function namesIn(parts: readonly Part[]): SlotName[] {
  return parts.flatMap((part) => ('group' in part ? namesIn(part.group) : 'slot' in part ? [part.slot] : []))
}

function shapeOf(parts: readonly Part[]): Record<string, z.ZodType> {
  return Object.fromEntries(
    parts.flatMap((part) => {
      if ('slot' in part) return [[part.slot, slots[part.slot].schema]]
      if (!('group' in part)) return []
      return namesIn(part.group).map((name) => [name, slots[name].schema.nullable()])
    }),
  )
}

function written(parts: readonly Part[], said: Readonly<Record<string, unknown>>): string[] {
  return parts.flatMap((part) => {
    if ('word' in part) return [part.word]
    if ('group' in part) return namesIn(part.group).some((name) => said[name] !== null) ? written(part.group, said) : []
    return [slots[part.slot].write(said[part.slot] as never)]
  })
}
