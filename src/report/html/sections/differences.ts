import { escapeHtml } from '../escape.ts'
import type { RunFiles } from '../run-files.ts'
import type { Section } from './section.ts'

/** What is otherwise than in the run before, as `pr diff` says it; null when there was none. */
export function differencesSection({ differences }: RunFiles): Section | null {
  if (differences === null) return null
  const lines = `<pre>${escapeHtml(differences.lines.join('\n'))}</pre>`
  const text = differences.lines.length > FEW ? `<details><summary>All of it</summary>${lines}</details>` : lines
  return {
    id: 'differences',
    title: 'Since the last run',
    html: `<p>Compared with ${escapeHtml(differences.from)}</p>${text}`,
  }
}

const FEW = 60
