/** What a run needs of the program around it: somewhere to speak, somebody to ask, and how it is stopped. */
export interface RunHost {
  readonly output: RunOutput
  /** Aborted by a stop, with a PR_CANCELLED as its reason. */
  readonly signal: AbortSignal
  /** Aborted by the first Ctrl-C of a run that ends in steps, with the same reason: no further job is to begin. */
  readonly closing: AbortSignal
  /**
   * To be called before the first thing that must not be left half done. With `onPress` Ctrl-C ends the run in steps, each of which is
   * told of before it is done. Throws when a stop has come already.
   */
  readonly endInOrder: (onPress?: (press: CtrlC) => void) => void
  /** Returns when a person agrees. Throws PR_NOT_CONFIRMED otherwise. */
  readonly confirm: (question: string) => Promise<void>
  /** Whether a person on the terminal agrees; false where none can be asked. */
  readonly ask: (question: string) => Promise<boolean>
  readonly commandLine: CommandLine
}

/** What a Ctrl-C does: no further job begins; the one that runs is interrupted; the program ends at once, whatever still runs. */
export type CtrlC = 'close' | 'abort' | 'leave'

/** The command line that a run was started with. */
export interface CommandLine {
  /** What of it says what is to be made and how; no secrets. */
  readonly options: readonly string[]
  /**
   * A whole one for a shell that goes on with a run as it was started, without secrets. `outputDir` is where its state is, when
   * it is not where the options put it.
   */
  resume(runName: string, more?: { readonly dryRun?: boolean; readonly outputDir?: string | null }): string
}

/** Where a run says what it does. */
export interface RunOutput {
  debug(text: string): void
  info(text: string): void
  warn(text: string): void
  error(text: string): void
  /** What the run was made for, as text. */
  print(text: string): void
  /** The same for machines. */
  result(value: unknown): void
  /** From now on every text goes through this first: secrets are shown and logged nowhere. */
  redact(text: (text: string) => string): void
  /** From now on everything, whatever the level, goes to this file too; what was said before comes first. Throws PR_FILE. */
  attachLog(path: string, now: () => number): void
  /** Lines to replace in place, or null where that is impossible or unwanted. */
  openLiveBlock(): LiveBlock | null
}

/** Lines below all others, which are replaced in place. */
export interface LiveBlock {
  /** Columns that a line may take at this moment: a window changes its size. */
  readonly columns: number
  readonly paints: Paints
  show(lines: readonly string[]): void
  /** Shows nothing from now on; what was shown last stays where it is, or is taken away. */
  close(stays: boolean): void
}

/** What paints a text, or leaves it as it is where there are no colours. */
export type Paints = Readonly<Record<'bold' | 'dim' | 'green' | 'yellow', (text: string) => string>>

/** What a run gets where nobody is there to press keys, to answer, or to go on with it. */
export const unattended: Pick<RunHost, 'closing' | 'ask' | 'commandLine'> = {
  closing: new AbortController().signal,
  ask: async () => false,
  commandLine: { options: [], resume: (runName: string) => `--resume ${runName}` },
}
