/** One line of a terminal that is taken back before anything else is written. */
export interface TerminalLine {
  show(text: string): void
  clear(): void
}

/** Up into the row above, and empty it. */
const BACK = '\x1b[1A\x1b[2K'

/** A line on this terminal, cut to its width: what goes on in a second row could not be taken back. */
export function terminalLine(terminal: NodeJS.WritableStream & { readonly columns?: number }): TerminalLine {
  let shown: string | null = null
  const back = () => (shown === null ? '' : BACK)
  return {
    show(text) {
      const line = fitted(text.replaceAll(/\s/g, ' '), terminal.columns || 80)
      if (line !== shown) terminal.write(`${back()}${line}\n`)
      shown = line
    },
    clear() {
      terminal.write(back())
      shown = null
    },
  }
}

function fitted(text: string, columns: number): string {
  const room = columns - 1
  let [cut, width] = ['', 0]
  for (const character of text) {
    // Below are letters of one column; of those above, none takes more than two.
    width += character < '\u1100' ? 1 : 2
    if (width > room) return `${cut}…`
    if (width < room) cut += character
  }
  return text
}
