import { Evidence, evidenceIn } from './evidence.ts'
import { looksLikeKey } from './key-looks.ts'
import { hasLongRun } from './long-run.ts'
import { remembered } from './remembered-texts.ts'
import { secrecyOf } from './secret-names.ts'
import { shapesIn } from './secret-shapes.ts'

/** What stands in a recording where a secret was: `{{secret:comfyui_token}}`. */
export function placeholder(name: string): string {
  return `{{secret:${name.toLowerCase()}}}`
}

/**
 * Any text without the secrets that their form or what stands before them gives away: keys of known forms, passwords and signatures
 * in addresses, assignments, options of programs and header lines. Prose stays: what is taken out has the length and the letters of a key.
 */
export function redactText(text: string): string {
  return text.length < SHORTEST ? text : withoutAny(text)
}

const withoutAny = remembered((text) => withoutSecrets(text, DEEPEST))

/** Encodings in encodings that are looked into. */
const DEEPEST = 3

function withoutSecrets(text: string, depth: number): string {
  if (text.length < SHORTEST) return text
  const evidence = evidenceIn(text)
  if (evidence === Evidence.none) return text
  const has = (kinds: number) => (evidence & kinds) !== 0
  let left = has(Evidence.key | Evidence.address | Evidence.dashes) ? withoutShapes(text) : text
  if (has(Evidence.address) && left.includes('@')) left = left.replaceAll(userInfo, hiddenUser)
  if (has(Evidence.scheme) && scheme.test(left)) left = left.replaceAll(schemes, hiddenCredentials)
  // A placeholder gives a value, too.
  if ((has(Evidence.value | Evidence.dashes) || left !== text) && assigning.test(left)) {
    left = left
      .replaceAll(headerLine, hiddenHeader)
      .replaceAll(pairs, hiddenPair)
      .replaceAll(assignment, hiddenValue)
      .replaceAll(option, hiddenOption)
  }
  if (left.includes('<')) left = left.replaceAll(element, hiddenElement).replaceAll(input, hiddenInput)
  return depth === 0 || !has(Evidence.long | Evidence.percent) ? left : withoutEncoded(left, depth)
}

/** No secret is shorter together with what tells of it. */
const SHORTEST = 8

function withoutShapes(text: string): string {
  let out = ''
  let copied = 0
  for (const { start, end, name } of shapesIn(text)) {
    out += text.slice(copied, start) + placeholder(name)
    copied = end
  }
  return copied === 0 ? text : out + text.slice(copied)
}

const userInfo = /\b([a-z][a-z\d+.-]*:\/\/)([^\s/?#"'<>@]*(?:@[^\s/?#"'<>@]*)*)@/gi

function hiddenUser(seen: string, start: string, user: string): string {
  const colon = user.indexOf(':')
  if (user.includes('{{')) return seen
  if (colon >= 0 && colon < user.length - 1) return `${start}${user.slice(0, colon)}:${placeholder('password')}@`
  return user.length >= 20 || looksLikeKey(user) ? `${start}${placeholder('user')}@` : seen
}

const scheme = /\b(?:bearer|basic|token|apikey)\s+[\w.~+/=-]{8}/i
const schemes = /\b(bearer|basic|token|apikey)(\s+)([\w.~+/-]{8,}={0,2})/gi

/** "basic composition" is no more than it says. */
function hiddenCredentials(seen: string, kind: string, space: string, value: string): string {
  const isSecret = kind.toLowerCase() === 'basic' ? isPair(value) : looksLikeKey(value)
  return isSecret ? kind + space + placeholder('authorization') : seen
}

/** `user:password` in base64. */
function isPair(value: string): boolean {
  const pair = Buffer.from(value, 'base64').toString('latin1')
  return /^[\x20-\x7e\xa0-\xff]*:[\x20-\x7e\xa0-\xff]*$/.test(pair) && /[\d=]|[a-z][A-Z]/.test(value)
}

/** A name that may be that of a secret, before something that gives it a value. */
const assigning =
  /(?:token|secret|passw|passphrase|passcode|pwd|pass|key|auth|cookie|credential|sig|session|jwt|assertion|bearer|hook|dsn|sas|otp|code|phrase|pin|hmac|access|policy|(?:access|upload|session|sess|pair)_?id|ak|str(?:ing)?)[\w.-]{0,40}\\*["'`\]]*\s*[=:]|--[\w-]*(?:token|secret|pass|key|auth|pwd|cookie|cred)/i

const headerLine =
  /(?<![\w-])((?:proxy-)?authorization|(?:set-)?cookie2?)(\\*["'`]?\s*[:=]\s*\\*["'`]?)((?:basic|bearer|digest|negotiate|token|apikey|hmac|aws4-hmac-sha256)\s+)?([^\r\n"'`\\]{6,})/gi

function hiddenHeader(seen: string, name: string, colon: string, kind: string | undefined, value: string): string {
  if (value.includes('{{') || isReference(value.trim())) return seen
  const isCookie = /cookie/i.test(name)
  const isSecret = isCookie
    ? /^\s*[\w!#$%&*+.^|~-]+=[^\s;]{4,}/.test(value)
    : kind === undefined
      ? looksLikeKey(value.trim())
      : // As a header is written: nothing but the credentials up to the end of the line.
        /^[A-Z]/.test(name) && /^[A-Z]/.test(kind) && (/^\S{8,}\s*$/.test(value) || /^\w+="?\S+/.test(value))
  return isSecret ? `${name}${colon}${kind ?? ''}${placeholder(name)}` : seen
}

const pairs = /([?&;]|^)([\w.~%$[\]-]{1,80})=([^&\s"'<>#\\]{1,8192})/g

/** Of an address or a form. */
function hiddenPair(seen: string, start: string, name: string, value: string): string {
  const secrecy = secrecyOf(name)
  if (value.startsWith('{{') || start === '') return seen
  // The value of another pair may have pairs of its own: `url=/?token=…`.
  if (secrecy === 'open') return `${start}${name}=${value.replaceAll(pairs, hiddenPair)}`
  const isSecret = secrecy === 'secret' || looksLikeKey(value) || (value.length >= 8 && isStrange(value))
  return isSecret ? `${start}${name}=${placeholder(name)}` : seen
}

const assignment =
  /(?<![\w$.-])(\\*["'`]?)([A-Za-z_][\w.$-]{1,80})\1(\]?\s*(?:=>|:=|==?|:)\s*)(?:(\\*["'`])((?:(?!\4)[^\n]){1,4096}?)\4|([^\s"'`,;&|<>(){}[\]\\]{4,4096}))/g

function hiddenValue(
  seen: string,
  quote: string,
  name: string,
  sign: string,
  valueQuote: string | undefined,
  quoted: string | undefined,
  bare: string | undefined,
): string {
  const secrecy = secrecyOf(name.slice(name.lastIndexOf('.') + 1))
  const value = quoted ?? bare ?? ''
  const start = `${quote}${name}${quote}${sign}${valueQuote ?? ''}`
  // What is open may quote what is not.
  const kept = () => (quoted === undefined ? seen : start + quoted.replaceAll(assignment, hiddenValue) + valueQuote)
  if (secrecy === 'open') return kept()
  if (isReference(value)) return seen
  const isMember = quote !== '' && valueQuote !== undefined
  const isVariable = sign.includes('=') && /[_-]|^[A-Z]+$|[a-z][A-Z]/.test(name) && value.length >= 4
  const isSecret =
    looksLikeKey(value) ||
    (secrecy === 'secret' && (isMember || isVariable || (value.length >= 6 && !/\s/.test(value) && isStrange(value))))
  return isSecret ? `${start}${placeholder(name)}${valueQuote ?? ''}` : kept()
}

const option = /(?<![\w-])(--?[A-Za-z][\w-]*)(\s+|=)(["']?)([^\s"'-][^\s"']{3,})\3/g

function hiddenOption(seen: string, name: string, space: string, quote: string, value: string): string {
  const isSecret = !isReference(value) && secrecyOf(name) === 'secret' && (/\w[_-]/.test(name) || isStrange(value))
  return isSecret ? `${name}${space}${quote}${placeholder(name.replace(/^-+/, ''))}${quote}` : seen
}

/** `<input name="password" value="…">` */
const input = /(\bname=(["'])([\w.-]{1,80})\2[^<>]{0,200}?\svalue=(["']))([^"'<>]{1,4096})(?=\4)/gi

function hiddenInput(seen: string, start: string, _: string, name: string, __: string, value: string): string {
  return secrecyOf(name) === 'secret' && !isReference(value) ? start + placeholder(name) : seen
}

/** `<password>…</password>`; what is only said of one has words. */
const element = /<([A-Za-z][\w.:-]{1,80})>([^<>\s]{4,4096})(?=<\/\1>)/g

function hiddenElement(seen: string, name: string, value: string): string {
  return secrecyOf(name) === 'secret' && !isReference(value) ? `<${name}>${placeholder(name)}` : seen
}

/** A word, a number with a unit and a size are not; what mixes letters with digits, cases or signs is. */
function isStrange(value: string): boolean {
  if (/^[-+]?[\d.,:x×/%]+[a-z]{0,4}$/i.test(value)) return false
  return /[a-z]/i.test(value) && (/\d|[!@#$%^&*+~]/.test(value) || /[a-z][A-Z]/.test(value))
}

/** What stands for a value that comes from elsewhere, or was taken out. */
function isReference(value: string): boolean {
  return /^(?:\{\{|\$\{|\$\(|\$\w+$|%\w+%$|<[\w -]+>$|process\.env|os\.environ|\*+$)/.test(value)
}

const SHORTEST_ENCODED = 12
const SHORTEST_BASE64 = 24
const base64 = /(?<![\w+/-])[A-Za-z\d+/_-]{24,}={0,2}/g
const percentCode = /%[\da-f]{2}/i
const percent = /[^\s"'<>&=?]*%[\da-f]{2}[^\s"'<>&=?]*/gi

/** What holds a secret in another spelling goes as a whole. */
function withoutEncoded(text: string, depth: number): string {
  const holds = (decoded: string) => withoutSecrets(decoded, depth - 1) !== decoded
  if (text.length < SHORTEST_ENCODED) return text
  const hiddenBase64 = (run: string) => {
    // What is text becomes capitals, and some other letters or digits.
    if (!/[A-Z]/.test(run) || !/[a-z\d]/.test(run)) return run
    const start = Buffer.from(run.slice(0, 64), 'base64').toString('latin1')
    if (!/^[\t\n\r\x20-\x7e]+$/.test(start)) return run
    return holds(Buffer.from(run, 'base64').toString()) ? placeholder('base64') : run
  }
  const left = hasLongRun(text, SHORTEST_BASE64) ? text.replaceAll(base64, hiddenBase64) : text
  if (!percentCode.test(left)) return left
  return left.replaceAll(percent, (run) => (holds(decodedPercent(run)) ? placeholder('encoded') : run))
}

function decodedPercent(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (codes) => Buffer.from(codes.replaceAll('%', ''), 'hex').toString())
}
