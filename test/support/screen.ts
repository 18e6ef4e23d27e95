import { stripVTControlCharacters } from 'node:util'

/** A terminal as `pr` uses one: what was written becomes rows of so many columns. */
export interface Screen {
  write(text: string): void
  /** All rows there have been, without colours. */
  rows(): string[]
}

/** Knows line ends, going up, and emptying what is below; any other movement of the cursor is an error. */
export function screen(columns: number): Screen {
  const rows: string[] = ['']
  let row = 0
  const put = (text: string) => {
    for (const character of text) {
      if (rows[row]!.length === columns) down()
      rows[row] += character
    }
  }
  const down = () => {
    row += 1
    rows[row] ??= ''
  }
  return {
    write(text) {
      for (const [piece] of text.matchAll(/\x1b\[\d*[A-Za-z]|\r?\n|\r|[^\x1b\r\n]+|\x1b[^A-Za-z]*[A-Za-z]/g)) {
        const up = /^\x1b\[(\d+)A$/.exec(piece)
        if (up) row -= Number(up[1])
        else if (piece === '\x1b[J') rows.splice(row, rows.length, '')
        else if (piece.endsWith('\n')) down()
        else if (piece === '\r' || piece.endsWith('m')) continue
        else if (piece.startsWith('\x1b')) throw new Error(`the cursor moved by ${JSON.stringify(piece)}`)
        else put(stripVTControlCharacters(piece))
        if (row < 0) throw new Error('the cursor left the screen')
      }
    },
    rows: () => (rows.at(-1) === '' ? rows.slice(0, -1) : [...rows]),
  }
}
