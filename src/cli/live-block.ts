import { stripVTControlCharacters } from 'node:util'
import { cutTo, widthOf } from '../domain/text-width.ts'

/** Lines at the end of a terminal that are taken back before anything else is written. */
export interface TerminalBlock {
  show(lines: readonly string[]): void
  clear(): void
}

/** Up so many rows, and empty them and all below. */
const back = (rows: number) => `\x1b[${rows}A\r\x1b[J`

type LiveTerminal = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number }

/**
 * Lines on this terminal, cut to its width: what goes on in a second row could not be taken back. Where there are more than it is
 * high, only the last are shown: what has left it at the top stays for good. The cursor stays visible, below them: whatever ends the
 * program leaves a terminal that can be used.
 */
export function terminalBlock(terminal: LiveTerminal): TerminalBlock {
  let shown: readonly string[] = []
  const columns = () => terminal.columns || 80
  // A window that was made narrower has broken them.
  const rows = () => shown.reduce((sum, line) => sum + Math.max(1, Math.ceil(shownWidth(line) / columns())), 0)
  const taken = () => (shown.length === 0 ? '' : back(rows()))
  return {
    show(lines) {
      const room = terminal.rows ? Math.max(1, terminal.rows - 1) : lines.length
      const fitted = lines.slice(-room).map((line) => fit(line.replaceAll(/\s/g, ' '), columns() - 1))
      if (fitted.length === shown.length && fitted.every((line, index) => line === shown[index])) return
      terminal.write(`${taken()}${fitted.map((line) => `${line}\n`).join('')}`)
      shown = fitted
    },
    clear() {
      if (shown.length > 0) terminal.write(taken())
      shown = []
    },
  }
}

const shownWidth = (line: string) => widthOf(stripVTControlCharacters(line))

/** What is painted fits as a rule; where it does not, it loses its colours. */
function fit(line: string, columns: number): string {
  return shownWidth(line) <= columns ? line : cutTo(stripVTControlCharacters(line), columns)
}
