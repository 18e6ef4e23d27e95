import { Writable } from 'node:stream'
import { Output } from '../../src/cli/output.ts'
import type { OutputMode } from '../../src/cli/output-mode.ts'

const plain: OutputMode = {
  logLevel: 'INFO',
  json: false,
  quiet: false,
  colour: false,
  ci: false,
  dumb: false,
  dryRun: false,
}

/** An output whose text can be read back. */
export function capturedOutput(mode: Partial<OutputMode> = {}, isTTY = false) {
  const { streams, texts } = capturedStreams(isTTY)
  return { output: new Output({ ...plain, ...mode }, streams), texts, stdout: streams.stdout }
}

/** A stream that may be a terminal of some size. */
type Captured = Writable & { isTTY: boolean; columns: number; rows: number }

/** The two streams of a program, and what was written to them. */
export function capturedStreams(
  isTTY = false,
  onSaid: (text: string) => void = () => {},
): { streams: { readonly stdout: Captured; readonly stderr: Captured }; texts: { stdout: string; stderr: string } } {
  const texts = { stdout: '', stderr: '' }
  const stream = (name: 'stdout' | 'stderr') => {
    const write = (chunk: Buffer, _: string, done: () => void) => {
      texts[name] += chunk
      done()
      onSaid(String(chunk))
    }
    return Object.assign(new Writable({ write }), { isTTY, columns: 100, rows: 40 })
  }
  return { streams: { stdout: stream('stdout'), stderr: stream('stderr') }, texts }
}
