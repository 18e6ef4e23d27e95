/**
 * Whether a value looks like a key: long, in one piece, and random. For where its name alone does not tell; an address, a path, a colour, a word
 * or the name of a file is none.
 */
export function looksLikeKey(value: string): boolean {
  if (value.length < SHORTEST || value.length > LONGEST || /[\s{}<>\\]|:\/\//.test(value) || isFileName(value))
    return false
  return (value.match(/[A-Za-z\d]{12,}/g) ?? []).some(isRandom)
}

/** Letters and digits as no person writes them: all kinds mixed, and hardly a word among them. */
export function isRandom(run: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(run)).length
  if (kinds === 2 && /^[\da-f]{24,}$/i.test(run)) return true
  // Letters of one case and digits: a name with numbers in it has long words, and changes between the two but a few times.
  const isOneCase = kinds === 2 && /\d/.test(run)
  if (kinds < 2 || (isOneCase && (run.match(changes) ?? []).length < Math.max(4, run.length / 6))) return false
  const name = run.replace(version, '')
  const words = name.match(isOneCase ? longWords : camelWords) ?? []
  const inWords = words.filter((word) => /[aeiouyX]/i.test(word)).reduce((sum, word) => sum + word.length, 0)
  return inWords / name.length < (isOneCase ? 0.8 : 0.95)
}

const changes = /(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/gi
const version = /(?:v|rank|fp)?\d{1,3}$/i
const longWords = /[a-z]{5,}/gi
const camelWords = /[A-Z]?[a-z]{2,}|[A-Z][a-z]|XL|[A-Z]{4,}(?![a-z])/g

/** What ends as the files do that a ComfyUI server has. */
export function isFileName(value: string): boolean {
  return fileEnd.test(value)
}

/** As it stands behind a name. */
export const FILE_ENDS =
  '\\.(?:safetensors|sft|ckpt|pth?|bin|gguf|onnx|engine|latent|png|jpe?g|webp|gif|bmp|tiff?|mp4|webm|mov|mkv|avi|wav|mp3|flac|ogg|json|ya?ml|txt|csv|py)'
const fileEnd = new RegExp(`${FILE_ENDS}(?: \\[\\w+\\])?$`, 'i')

const SHORTEST = 16
const LONGEST = 8192
