import { setImmediate } from 'node:timers/promises'
import { styleText } from 'node:util'
import type { LogLevel } from '../config/settings-types.ts'
import type { LiveBlock, RunOutput } from '../run/run-host.ts'
import { terminalBlock } from './live-block.ts'
import { LogFile } from './log-file.ts'
import type { OutputMode } from './output-mode.ts'
import { paintable, printable } from './printable.ts'

/** Where text goes: the process's own streams, or a test's. */
export interface OutputStreams {
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
  }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean }
}

/** What paints a text. */
export type Colours = Readonly<Record<Colour, (text: string) => string>>

type Colour = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow'

const levels: readonly LogLevel[] = ['DEBUG', 'INFO', 'WARNING', 'ERROR']
const DRY_RUN_MARK = '*DRY-RUN*'

/** The only writer to stdout and stderr. Results and news go to stdout, warnings and errors to stderr. */
export class Output implements RunOutput {
  #mode: OutputMode
  #live: { clear(): void; render(): void } | null = null
  #isAsking = false
  #resultGiven = false
  #lost = false
  /** Where all that was said stands, whatever was shown of it. */
  logPath: string | null = null
  readonly #streams: OutputStreams
  readonly #whole: (text: string) => string
  readonly #log = new LogFile()
  #redacted = (text: string) => text

  /** `whole` makes commands whole that a text names, for whoever wants to run them. */
  constructor(mode: OutputMode, streams: OutputStreams = process, whole = (text: string) => text) {
    this.#mode = mode
    this.#whole = whole
    this.#streams = streams
    for (const name of ['stdout', 'stderr'] as const) streams[name].on('error', (error) => this.#lose(name, error))
  }

  /** Once the settings are known. */
  configure(mode: OutputMode): void {
    this.#mode = mode
  }

  get json(): boolean {
    return this.#mode.json
  }

  /** Paints nothing when colours are off. */
  get colours(): Colours {
    const paint = (colour: Colour) => (text: string) =>
      this.#paints ? styleText(colour, text, { validateStream: false }) : text
    return {
      bold: paint('bold'),
      cyan: paint('cyan'),
      dim: paint('dim'),
      green: paint('green'),
      red: paint('red'),
      yellow: paint('yellow'),
    }
  }

  get #paints(): boolean {
    return this.#mode.colour && this.#streams.stdout.isTTY === true
  }

  debug(text: string): void {
    this.#say('DEBUG', text)
  }

  info(text: string): void {
    this.#say('INFO', text)
  }

  warn(text: string): void {
    this.#say('WARNING', text)
  }

  error(text: string): void {
    this.#say('ERROR', text)
  }

  /** What the command was run for, as text: shown whatever the level, but never beside `--json`. */
  print(text: string): void {
    this.#log.write('RESULT', this.#marked(text))
    if (!this.#mode.json) this.#write('stdout', this.#marked(text))
  }

  /** The same for machines: under `--json` the one object on stdout. A second one is not written. */
  result(value: unknown): void {
    if (!this.#mode.json || this.#resultGiven) return
    this.#resultGiven = true
    // JSON escapes the control characters of ASCII only.
    this.#write('stdout', JSON.stringify(value, this.#shown, 2).replace(/[\x7f-\x9f]|\p{Bidi_Control}/gu, escaped))
  }

  /** A question's text, without a line break. */
  ask(text: string): void {
    this.#live?.clear()
    this.#isAsking = true
    this.#streams.stdout.write(this.#marked(text))
  }

  /** The question has been answered, or is not waited for any more: until then nothing is shown below it. */
  answered(): void {
    this.#isAsking = false
    this.#live?.render()
  }

  redact(text: (text: string) => string): void {
    this.#redacted = text
  }

  /** From now on everything, whatever the level, goes to this file too; what was said before comes first. Throws PR_FILE. */
  attachLog(path: string, now: () => number): void {
    this.#log.attach(path, now, this.#redacted)
    this.logPath = path
  }

  /** Lines to replace in place, or null where that is impossible or unwanted. */
  openLiveBlock(): LiveBlock | null {
    const { json, quiet, ci, dumb, logLevel, dryRun } = this.#mode
    const { stdout } = this.#streams
    if (stdout.isTTY !== true || json || quiet || ci || dumb || logLevel !== 'INFO') return null
    const block = terminalBlock(stdout)
    let shown: readonly string[] = []
    const render = () => {
      if (!this.#isAsking) block.show(shown)
    }
    this.#live = { clear: block.clear, render }
    stdout.on('resize', render)
    return {
      get columns() {
        return (stdout.columns || 80) - 1 - (dryRun ? DRY_RUN_MARK.length + 1 : 0)
      },
      paints: this.colours,
      show: (lines) => {
        shown = lines.map((line) => this.#marked(line))
        render()
      },
      close: (stays) => {
        if (!stays) block.clear()
        stdout.off('resize', render)
        this.#live = null
      },
    }
  }

  /** Tells whether all that was said could be written; a stream tells of a failure only after its write. */
  async close(): Promise<boolean> {
    this.#log.close()
    await setImmediate()
    return !this.#lost
  }

  /** A full disk under our output must not end a run that costs money: it goes on, and says so once. */
  #lose(stream: 'stdout' | 'stderr', { code, message }: NodeJS.ErrnoException): void {
    // `pr … | head` closes our stdout; that is no failure of ours.
    if (code === 'EPIPE' || this.#lost) return
    this.#lost = true
    if (stream === 'stdout')
      this.error(`PR_FILE: Writing to stdout failed: ${message}\n  hint: Make room where it goes.`)
  }

  #say(level: LogLevel, text: string): void {
    this.#log.write(level, this.#marked(text))
    const { json, quiet, logLevel } = this.#mode
    const isNews = level === 'DEBUG' || level === 'INFO'
    if (levels.indexOf(level) < levels.indexOf(logLevel) || (isNews && (json || quiet))) return
    this.#write(isNews ? 'stdout' : 'stderr', this.#marked(level === 'WARNING' ? `warning: ${text}` : text))
  }

  #shown = (key: string, value: unknown) =>
    typeof value === 'string' ? this.#redacted(key === 'hint' ? this.#whole(value) : value) : value

  /** Ready for a terminal: much of what is said quotes servers and files. */
  #marked(said: string): string {
    const whole = this.#redacted(this.#whole(said))
    const text = this.#paints ? paintable(whole) : printable(whole)
    return this.#mode.dryRun ? text.replace(/^/gm, `${DRY_RUN_MARK} `) : text
  }

  #write(stream: 'stdout' | 'stderr', text: string): void {
    this.#live?.clear()
    this.#streams[stream].write(`${text}\n`)
    this.#live?.render()
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
