/** The three base directories that a ComfyUI server reads from and writes to. */
export type FileType = 'output' | 'input' | 'temp'

export interface AnnotatedName {
  readonly name: string
  /** null: the name carries no tag. */
  readonly type: FileType | null
}

/**
 * `"clip.mp4 [output]"` → `clip.mp4` in output. The tag is cut together with the one character before it, whatever that is
 * (folder_paths.annotated_filepath, ComfyUI 0.3.64).
 */
export function parseAnnotatedName(text: string): AnnotatedName {
  for (const type of ['output', 'input', 'temp'] as const) {
    const tag = `[${type}]`
    // A code point and not a code unit is cut, as in Python.
    if (text.endsWith(tag)) return { name: [...text.slice(0, -tag.length)].slice(0, -1).join(''), type }
  }
  return { name: text, type: null }
}
