import { escapeHtml } from '../escape.ts'

/** A part of the page; `html` is escaped. */
export interface Section {
  readonly id: string
  readonly title: string
  readonly html: string
}

/** Names with what they stand for, each a line; what is null is left out. */
export function factList(facts: ReadonlyArray<readonly [name: string, value: unknown]>): string {
  const lines = facts
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`)
  return `<dl>${lines.join('')}</dl>`
}

/** A table that scrolls by itself where it is too wide; numbers stand to the right. */
export function dataTable(label: string, heads: readonly string[], rows: ReadonlyArray<readonly unknown[]>): string {
  const cell = (tag: string, value: unknown) =>
    `<${tag}${typeof value === 'number' ? ' class="number"' : ''}>${escapeHtml(value)}</td>`.replace(
      '</td>',
      `</${tag.split(' ')[0]}>`,
    )
  const head = heads.map((name) => cell('th scope="col"', name)).join('')
  const body = rows.map((row) => `<tr>${row.map((value) => cell('td', value)).join('')}</tr>`).join('')
  return `<div class="wide" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

/** Sentences, each a point. */
export function points(sentences: readonly string[], className = ''): string {
  const items = sentences.map((sentence) => `<li>${escapeHtml(sentence)}</li>`)
  return `<ul${className && ` class="${className}"`}>${items.join('')}</ul>`
}
