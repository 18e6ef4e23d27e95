/** What one prompt file asks for. Frames are counted in frames of the finished video; sizes in pixels. */
export interface Prompt {
  /** The file as the user named it, for messages. */
  readonly file: string
  /** Safe as a path segment and object name; a trailing `.mp4` is already dropped. */
  readonly videoName: string
  readonly totalFrames: number
  readonly positivePrompt: string
  readonly negativePrompt: string
  /** Values that only a YAML prompt file can give; they win over the settings. */
  readonly overrides: PromptOverrides
  /** Lines of the overrides, counted from 1, for messages. */
  readonly lines?: Readonly<Partial<Record<keyof PromptOverrides, number>>>
}

export interface PromptOverrides {
  readonly seed?: number
  readonly width?: number
  readonly height?: number
  readonly fps?: number
  readonly steps?: number
  readonly cfg?: number
  readonly framesPerChunk?: number
  /** An image for the first chunk: a local path, relative to the prompt file. */
  readonly referenceImage?: string
  /** A video that steers the motion: a local path, relative to the prompt file. */
  readonly controlVideo?: string
  readonly loras?: { readonly high?: string; readonly low?: string }
}

/** Folder names on this side and the server's carry the name with something before or behind it; file systems stop at 255 bytes. */
const LONGEST = 120

/** Names that Windows keeps for devices, with or without an extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/** A video name as it is used everywhere: trimmed, without a trailing `.mp4`, composed (NFC). */
export function normalizeVideoName(written: string): string {
  return written
    .trim()
    .replace(/\.mp4$/i, '')
    .trimEnd()
    .normalize('NFC')
}

/** What is wrong with a normalized video name, as the end of a sentence; null when it is fine as path segment and object name. */
export function videoNameFault(name: string): string | null {
  if (name === '') return 'is empty'
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name)) return 'contains a control character'
  if (/[/\\]/.test(name)) return 'contains a path separator'
  if (name.includes('..')) return 'contains ".."'
  if (/^[.-]/.test(name)) return `starts with "${name[0]}"`
  if (name.endsWith('.')) return 'ends with "."'
  const forbidden = /[<>:"|?*]/.exec(name)
  if (forbidden) return `contains "${forbidden[0]}", which file systems refuse`
  // ComfyUI expands %date:…% and %node.input% in file name prefixes.
  if (name.includes('%')) return 'contains "%", which ComfyUI replaces in file names'
  // Google Cloud Storage advises against these: its tools read them as wildcards and versions.
  const wildcard = /[#[\]]/.exec(name)
  if (wildcard) return `contains "${wildcard[0]}", which storage tools read as a pattern`
  if (DEVICE.test(name)) return 'is a device name on Windows'
  const bytes = new TextEncoder().encode(name).length
  return bytes > LONGEST ? `is ${bytes} bytes long, the most is ${LONGEST}` : null
}

/** The rule in one line, as hint to every fault. */
export const VIDEO_NAME_RULE =
  'The name becomes a folder and an object name: use letters, digits, spaces, "_", "-" and single dots.'
