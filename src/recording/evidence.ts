/**
 * What in a text could tell of a secret, seen by one look at each of its letters before any rule is asked: most texts have nothing of it.
 * The rules of `redact-text.ts` and the forms of `secret-shapes.ts` each need some of these.
 */
export const Evidence = {
  none: 0,
  /** Letters in a row as keys have them, and words and names of files mostly do not. */
  key: 1,
  /** So many letters of base64 in a row that they may spell a text. */
  long: 2,
  /** `=` or `:`, which give a value to a name. */
  value: 4,
  /** `://` */
  address: 8,
  /** `--`, before an option, and around a key. */
  dashes: 16,
  percent: 32,
  /** A scheme of credentials, before something else. */
  scheme: 64,
  /** The end of an element of XML, the path to a user's home, numbers with points between them, an escaped letter, and brackets with which JSON in a text begins. */
  other: 128,
} as const

/** The sum of what is in a text. */
export function evidenceIn(text: string): number {
  look(text, 0, ALL)
  return seen
}

/** Where the string of a JSON text ends that begins at `start`, when nothing in it could tell of a secret; else -1. */
export function innocentEnd(text: string, start: number): number {
  const end = look(text, start, STRING)
  return end === text.length ? -1 : end
}

const STRING = 0
const ALL = 1

let seen: number = Evidence.none

/** Up to the end of a string of JSON, or to the first evidence (then -1). With `ALL`, to the end of the text, and `seen` is told. */
function look(text: string, start: number, way: number): number {
  const { length } = text
  let all = 0
  /** Letters of a key in a row. */
  let run = 0
  for (let at = start; at <= length; at += 1) {
    const code = at === length ? END : text.charCodeAt(at)
    const kind = code < 128 ? kinds[code]! : BREAK
    if (kind === LETTER) {
      run += 1
      continue
    }
    let found = 0
    if (kind === SIGN) {
      run += 1
      found = toldBySign(text, at, code)
    } else {
      if (run >= SCHEME) found = toldByRun(text, at - run, at)
      run = 0
      if (way === STRING && code === QUOTE) return found === 0 ? at : -1
      if (kind === TELLING) {
        if (way === STRING && code === BACKSLASH && isLineEnd(text, at + 1)) at += 1
        else found |= told(text, at, code)
      }
    }
    if (found === 0) continue
    if (way !== ALL) return -1
    all |= found
  }
  seen = all
  return length
}

const BREAK = 0
/** Of a key. */
const LETTER = 1
/** One that tells more with those beside it. */
const SIGN = 2
const TELLING = 3

const kinds = new Uint8Array(128)
for (let code = 0; code < 128; code += 1) {
  const letter = String.fromCharCode(code)
  if (/[\w~+]/.test(letter)) kinds[code] = LETTER
  else if (/[-./]/.test(letter)) kinds[code] = SIGN
  else if (/[=:%{[\\]/.test(letter)) kinds[code] = TELLING
}

const LESS = 60
const [QUOTE, BACKSLASH, PERCENT, COLON, EQUALS, DASH, SLASH, SMALL_H, LARGE_U] = Array.from('"\\%:=-/hU', (sign) =>
  sign.charCodeAt(0),
) as [number, number, number, number, number, number, number, number, number]
const END = 0

function told(text: string, at: number, code: number): number {
  if (code === COLON) return isTwice(text, at + 1, SLASH) ? Evidence.value | Evidence.address : Evidence.value
  if (code === EQUALS) return Evidence.value
  return code === PERCENT ? Evidence.percent : Evidence.other
}

/** `--`, `0.0`, `/h`, `/U` and `</`. */
function toldBySign(text: string, at: number, code: number): number {
  const next = text.charCodeAt(at + 1)
  if (code === DASH) return next === DASH ? Evidence.dashes : 0
  if (code === SLASH)
    return next === SMALL_H || next === LARGE_U || text.charCodeAt(at - 1) === LESS ? Evidence.other : 0
  return isDigit(next) && isDigit(text.charCodeAt(at - 1)) ? Evidence.other : 0
}

function isTwice(text: string, at: number, code: number): boolean {
  return text.charCodeAt(at) === code && text.charCodeAt(at + 1) === code
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** Escaped with one letter, and so none of a key. */
function isLineEnd(text: string, at: number): boolean {
  return /["nrt]/.test(text[at] ?? '')
}

const SCHEME = 'basic'.length
/** Letters of a key, and of a text in base64; of so many at last, none is a word. */
const SHORT = 15
const LONG = 24
const LONGEST = 32

function toldByRun(text: string, start: number, end: number): number {
  let found = isScheme(text, end) ? Evidence.scheme : 0
  if (end - start < SHORT) return found
  if (end - start >= LONG) found |= Evidence.long
  return end - start >= LONGEST || isLikeKey(text, start, end) ? found | Evidence.key : found
}

/** Fewest letters and digits behind the prefix of a vendor. */
const BODY = 14

/** Digits, a long piece behind something else, more letters than a word has, and how keys of Amazon, Facebook, Google and tokens begin. */
function isLikeKey(text: string, start: number, end: number): boolean {
  const first = text.charCodeAt(start)
  if (first === LARGE_A || first === LARGE_E) return true
  let word = 0
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (isDigit(code)) return true
    word = isLetter(code) ? word + 1 : 0
    if (word >= BODY && (word <= at - start || word >= LONG)) return true
    if ((code === LARGE_J || code === LARGE_K) && text.startsWith('ey', at - 2)) return true
    if (code === LARGE_I && text.charCodeAt(at - 1) === LARGE_A) return true
  }
  return false
}

function isLetter(code: number): boolean {
  const small = code | 32
  return small >= 97 && small <= 122
}

const [LARGE_A, LARGE_E, LARGE_I, LARGE_J, LARGE_K] = Array.from('AEIJK', (letter) => letter.charCodeAt(0))

/** Whether `bearer`, `basic`, `token` or `apikey` ends here, in whatever case: the last three letters tell enough. */
function isScheme(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1) | 32
  if (last !== R && last !== C && last !== N && last !== Y) return false
  return schemeEnds.has(packed(text.charCodeAt(end - 3), text.charCodeAt(end - 2), last))
}

const packed = (first: number, second: number, third: number) => ((first | 32) << 16) | ((second | 32) << 8) | third
const [R, C, N, Y] = Array.from('rcny', (letter) => letter.charCodeAt(0))
const schemeEnds = new Set(
  ['rer', 'sic', 'ken', 'key'].map((end) => packed(end.charCodeAt(0), end.charCodeAt(1), end.charCodeAt(2))),
)
