import type { PyDict } from '../../src/simulators/comfyui/python/py.ts'

/** One corpus case against the simulator. */
export interface CaseResult {
  readonly id: string
  readonly category: string
  /** Where expected and actual differ, one place a line; empty when they agree. */
  readonly differences: readonly string[]
}

export interface Corpus {
  /** Parsed `object_info.json`. */
  readonly objectInfo: PyDict
  readonly files: CorpusFiles
}

/** `files.json`: what exists under the recorded server's base directory. */
export interface CorpusFiles {
  readonly base: string
  readonly files: ReadonlyArray<{ readonly path: string }>
  readonly dirs: readonly string[]
}

/** A kind of corpus; `--<name> FILE` runs it. */
export interface Suite {
  readonly name: string
  /** Runs one line of the corpus file. */
  readonly open: (corpus: Corpus) => (line: string) => CaseResult | Promise<CaseResult>
}
