/** A regular expression of Python that JavaScript reads in the same way. */
export interface PythonRegex {
  /** With the flag `g`. */
  readonly regex: RegExp
  /** Names of the groups, in order; '' for one without a name. */
  readonly groups: readonly string[]
  /**
   * Python looks for a longer match where it has found an empty one, and JavaScript goes on: where an empty match was not the
   * first choice, there may be one.
   */
  readonly mayPreferEmpty: boolean
}

export interface RegexFlags {
  readonly ignoreCase: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
}

/** What a class or a group is made of means the same in both languages only within these. */
const PLAIN_TEXT = /^[\t\n -~]*$/

/**
 * Python's `re.compile(pattern, flags)` for matching `subject`; null where that is an error, or where the two languages may differ:
 * beyond printable ASCII, for back references, look-around, and groups that repeat what repeats.
 */
export function pythonRegex(pattern: string, flags: RegexFlags, subject: string): PythonRegex | null {
  if (!PLAIN_TEXT.test(pattern) || !PLAIN_TEXT.test(subject)) return null
  const reader = new Reader(pattern, flags)
  try {
    const { source } = reader.alternatives()
    if (!reader.isAtEnd) return null
    const regex = new RegExp(source, flags.ignoreCase ? 'gi' : 'g')
    return { regex, groups: reader.groups, mayPreferEmpty: reader.mayPreferEmpty }
  } catch (error) {
    if (error instanceof Unclear) return null
    throw error
  }
}

/** Python may read it in another way, or not at all. */
class Unclear extends Error {}

interface Part {
  readonly source: string
  /** Whether it may be repeated: it takes at least one character, in one way. */
  readonly isSolid: boolean
}

class Reader {
  readonly groups: string[] = []
  mayPreferEmpty = false
  private at = 0
  private readonly pattern: string
  private readonly flags: RegexFlags

  constructor(pattern: string, flags: RegexFlags) {
    this.pattern = pattern
    this.flags = flags
  }

  get isAtEnd(): boolean {
    return this.at === this.pattern.length
  }

  alternatives(): Part {
    const parts = [this.sequence()]
    while (this.take(/\|/y)) {
      this.mayPreferEmpty = true
      parts.push(this.sequence())
    }
    return { source: parts.map(({ source }) => source).join('|'), isSolid: parts.every(({ isSolid }) => isSolid) }
  }

  private sequence(): Part {
    let source = ''
    const solid: boolean[] = []
    while (!this.isAtEnd && !/[|)]/.test(this.pattern[this.at]!)) {
      const atom = this.atom()
      const times = this.quantifier()
      if (times !== '' && !atom.isSolid) throw new Unclear()
      source += atom.source + times
      solid.push(atom.isSolid && !atom.source.startsWith('(') && times === '')
    }
    return { source, isSolid: solid.length > 0 && solid.every(Boolean) }
  }

  private atom(): Part {
    const group = this.take(/\((?:\?:|\?P<([A-Za-z_]\w*)>|(?!\?))/y)
    if (group) return this.group(group)
    if (this.take(/\./y)) return { source: this.flags.dotAll ? '[^]' : '[^\\n]', isSolid: true }
    if (this.take(/\^/y)) return { source: this.flags.multiline ? '(?<![^\\n])' : '(?<![^])', isSolid: false }
    if (this.take(/\$/y)) return { source: this.flags.multiline ? '(?![^\\n])' : '(?=\\n?(?![^]))', isSolid: false }
    const set = this.take(/\[(\^?)((?:[^\\[\]^-]|\\.|-)+)\]/y)
    if (set) return { source: `[${set[1]}${members(set[2]!)}]`, isSolid: true }
    const edge = this.take(/\\[bB]/y)
    if (edge) return { source: edge[0], isSolid: false }
    const one = this.take(/\\[dDwWsSnt]/y)
    if (one) return { source: one[0], isSolid: true }
    const literal = this.take(/\\([^A-Za-z0-9])|([^\\()[\]{}*+?|])/y)
    if (!literal) throw new Unclear()
    return { source: escaped(literal[1] ?? literal[2]!), isSolid: true }
  }

  private group([opening, name = '']: RegExpExecArray): Part {
    const isCapturing = opening !== '(?:'
    if (isCapturing) {
      if (name !== '' && this.groups.includes(name)) throw new Unclear()
      this.groups.push(name)
    }
    const { source, isSolid } = this.alternatives()
    if (!this.take(/\)/y)) throw new Unclear()
    return { source: `${isCapturing ? '(' : '(?:'}${source})`, isSolid }
  }

  /** '' for none. More than one, or one that gives nothing back, is left alone. */
  private quantifier(): string {
    const found = this.take(/(?:[*+?]|\{(\d{0,3})(,?)(\d{0,3})\})(\??)/y)
    if (!found) return ''
    const [whole, from, comma, to, lazy] = found
    if (lazy || this.pattern[this.at] === '*' || this.pattern[this.at] === '+') this.mayPreferEmpty = true
    if (/[*+?{]/.test(this.pattern[this.at] ?? '')) throw new Unclear()
    if (from === undefined) return whole
    if (from === '' && to === '') throw new Unclear()
    if (comma !== '' && to !== '' && Number(from) > Number(to)) throw new Unclear()
    return `{${from || 0}${comma}${to}}${lazy}`
  }

  private take(what: RegExp): RegExpExecArray | null {
    what.lastIndex = this.at
    const found = what.exec(this.pattern)
    if (found) this.at = what.lastIndex
    return found
  }
}

/** What stands in a class: single characters, escaped ones, and ranges of one kind. */
function members(text: string): string {
  const pieces = text.matchAll(
    /([a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9])|(\\[dDwWsSnt])|\\([^A-Za-z0-9])|([^\\-])|(^-|-$)|./gs,
  )
  return Array.from(pieces, ([, range, kind, escapedOne, plain, dash]) => {
    if (range !== undefined && range[0]! <= range[2]!) return range
    const literal = escapedOne ?? plain ?? dash
    if (kind === undefined && literal === undefined) throw new Unclear()
    return kind ?? escaped(literal!)
  }).join('')
}

function escaped(character: string): string {
  if (character === '\n') return '\\n'
  return /[A-Za-z0-9]/.test(character) ? character : `\\${character}`
}
