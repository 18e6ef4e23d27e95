/**
 * Whether a value looks like a key: long, in one piece, and random. For where its name alone does not tell; a path, a colour, a word
 * or the name of a file is none.
 */
export function looksLikeKey(value: string): boolean {
  if (value.length < SHORTEST || value.length > LONGEST || /[\s{}<>]/.test(value) || isFileName(value)) return false
  return (value.match(/[A-Za-z\d]{12,}/g) ?? []).some(isRandom)
}

/** Letters and digits as no person writes them: all kinds mixed, and hardly a word among them. */
export function isRandom(run: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(run)).length
  // Letters of one case and digits: a name with numbers in it has long words, and changes between the two but a few times.
  const isOneCase = kinds === 2 && /\d/.test(run)
  if (
    kinds < 2 ||
    (isOneCase && (run.match(/(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)/gi) ?? []).length < Math.max(4, run.length / 6))
  )
    return false
  const words = run.match(isOneCase ? /[a-z]{5,}/gi : /[A-Z]?[a-z]{3,}|[A-Z]{4,}(?![a-z])/g) ?? []
  const inWords = words.filter((word) => /[aeiouy]/i.test(word)).reduce((sum, word) => sum + word.length, 0)
  return inWords / run.length < (isOneCase ? 0.8 : 0.9)
}

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
