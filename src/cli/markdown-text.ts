import { stripVTControlCharacters } from 'node:util'
import type { Colours } from './output.ts'

const WIDTH = 80

/** How a text is painted where nothing is. */
type Paint = Colours[keyof Colours]

/** What Markdown is turned into. */
export interface MarkdownStyle {
  readonly colours: Colours
  /** What is said of an address behind the words that lead there; null: it leads nowhere. */
  readonly addressOf: (target: string) => string | null
}

/** Markdown as text of 80 columns: without backticks, stars and brackets. Lines of code stay as they are, to be copied. */
export function markdownText(markdown: string, style: MarkdownStyle): string {
  const lines = markdown.split('\n')
  const blocks: string[][] = []
  while (lines.length > 0) {
    const block = takeBlock(lines)
    if (block.length > 0) blocks.push(blockText(block, style))
  }
  return blocks.map((block) => block.join('\n')).join('\n\n')
}

/** Takes the lines of the next block away: up to an empty line, or the end of its code. */
function takeBlock(lines: string[]): string[] {
  const first = lines.shift()!
  if (first.trim() === '') return []
  const end = FENCE.test(first) ? (line: string) => FENCE.test(line) : (line: string) => line.trim() === ''
  const block = [first]
  while (lines.length > 0) {
    if (!FENCE.test(first) && (FENCE.test(lines[0]!) || HEADING.test(first))) return block
    const line = lines.shift()!
    if (end(line)) return block
    block.push(line)
  }
  return block
}

const FENCE = /^ *```/
const HEADING = /^#+ /
const ITEM = /^(\s*)([*-]|\d+\.) /

function blockText(block: readonly string[], style: MarkdownStyle): string[] {
  const [first] = block as [string]
  if (FENCE.test(first)) return block.slice(1).map((line) => `    ${line.trim() === '' ? '' : line}`.trimEnd())
  if (HEADING.test(first)) return headingText(first, style)
  if (first.startsWith('|')) return tableText(block, style)
  return itemsOf(block).flatMap((item) => itemText(item, style))
}

function headingText(line: string, style: MarkdownStyle): string[] {
  const title = fragmentsOf(line.replace(HEADING, ''), [], style)
    .map(({ text }) => text)
    .join('')
  const isPlain = style.colours.bold('x') === 'x'
  return isPlain ? [title, (line.startsWith('# ') ? '=' : '-').repeat(title.length)] : [style.colours.bold(title)]
}

/** Each line that begins an item, with those that go on with it. */
function itemsOf(block: readonly string[]): string[] {
  const items: string[] = []
  for (const line of block) {
    if (items.length === 0 || ITEM.test(line)) items.push(line)
    else items.push(`${items.pop()} ${line.trim()}`)
  }
  return items
}

function itemText(item: string, style: MarkdownStyle): string[] {
  const [start = '', indent = '', mark = ''] = ITEM.exec(item) ?? []
  const lead = start === '' ? '' : `${indent}${mark === '-' ? '*' : mark} `
  const lines = wrapped(item.slice(start.length), WIDTH - lead.length, style)
  return lines.map((line, index) => `${index === 0 ? lead : ' '.repeat(lead.length)}${line}`)
}

/** Columns where they fit, else the first cell of a row alone and the others below it. */
function tableText([head = '', _, ...body]: readonly string[], style: MarkdownStyle): string[] {
  const cellsOf = (line: string) =>
    Array.from(line.matchAll(/\|((?:`[^`]*`|\\\||[^|])*)(?=\|)/g), ([, cell]) => cell!.trim())
  const rows = [head, ...body].map((line) =>
    cellsOf(line).map((cell) => wrapped(cell, Number.POSITIVE_INFINITY, style)[0] ?? ''),
  )
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => visible(row[column] ?? ''))))
  const total = widths.reduce((sum, width) => sum + width + 2, 0)
  const inColumns = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat(widths[column]! - visible(cell)))
      .join('  ')
      .trimEnd()
  if (total - 2 <= WIDTH) return [style.colours.bold(inColumns(rows[0]!)), ...rows.slice(1).map(inColumns)]
  const [, ...names] = cellsOf(head)
  return body.flatMap((line) => {
    const [first = '', ...others] = cellsOf(line)
    const named = others.map((cell, column) => (names.length > 1 && cell !== '' ? `${names[column]}: ${cell}` : cell))
    const below = named.flatMap((cell) => wrapped(cell, WIDTH - 4, style).map((text) => `    ${text}`))
    return [...wrapped(first, WIDTH, style), ...below]
  })
}

const visible = (text: string) => stripVTControlCharacters(text).length

/** Within a table a stroke is escaped. */
const plain = (text: string) => text.replaceAll('\\|', '|')

interface Fragment {
  readonly text: string
  readonly paints: readonly Paint[]
  /** Not to be parted at its spaces. */
  readonly isWhole?: boolean
}

const INLINE = /`([^`]+)`|\*\*(.+?)\*\*|\*(?=\S)([^*]+)\*|\[([^\]]+)\]\(([^)]*)\)/g

function fragmentsOf(text: string, paints: readonly Paint[], style: MarkdownStyle): Fragment[] {
  const fragments: Fragment[] = []
  let end = 0
  const { bold, cyan } = style.colours
  for (const found of text.matchAll(INLINE)) {
    const [whole, code, strong, stressed, label, target = ''] = found
    fragments.push({ text: plain(text.slice(end, found.index)), paints })
    end = found.index + whole.length
    if (code !== undefined)
      fragments.push({ text: plain(code), paints: [...paints, cyan], isWhole: code.length < WIDTH - 10 })
    if (strong !== undefined) fragments.push(...fragmentsOf(strong, [...paints, bold], style))
    if (stressed !== undefined) fragments.push(...fragmentsOf(stressed, paints, style))
    if (label !== undefined) {
      const address = style.addressOf(target)
      const words = fragmentsOf(label, paints, style)
      // `pr help planning` says all that `planning` does.
      if (address?.endsWith(` ${label}`)) fragments.push({ text: address, paints: [...paints, cyan], isWhole: true })
      else fragments.push(...words, { text: address === null ? '' : ` (${address})`, paints })
    }
  }
  return [...fragments, { text: plain(text.slice(end)), paints }]
}

function wrapped(text: string, width: number, style: MarkdownStyle): string[] {
  const words: Array<{ text: string; width: number }> = []
  let isNew = true
  for (const { text: part, paints, isWhole } of fragmentsOf(text, [], style)) {
    for (const piece of isWhole ? [part] : part.split(/( +)/)) {
      if (piece.trim() === '') {
        isNew ||= piece !== ''
        continue
      }
      const painted = paints.reduceRight((said, paint) => paint(said), piece)
      const before = isNew ? { text: '', width: 0 } : (words.pop() ?? { text: '', width: 0 })
      words.push({ text: before.text + painted, width: before.width + piece.length })
      isNew = false
    }
  }
  const lines: Array<{ text: string; width: number }> = []
  for (const word of words) {
    const line = lines.at(-1)
    if (!line || line.width + 1 + word.width > width) lines.push({ ...word })
    else Object.assign(line, { text: `${line.text} ${word.text}`, width: line.width + 1 + word.width })
  }
  return lines.map((line) => line.text)
}
