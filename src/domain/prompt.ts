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
