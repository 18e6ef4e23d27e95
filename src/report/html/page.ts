import { createHash } from 'node:crypto'
import { embeddedJson, escapeHtml } from './escape.ts'
import { jobSpans } from './job-spans.ts'
import { pageData } from './page-data.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import type { RunFiles } from './run-files.ts'
import { costSection } from './sections/cost.ts'
import { differencesSection } from './sections/differences.ts'
import { listSection } from './sections/list.ts'
import { notesSection } from './sections/notes.ts'
import { headerOf } from './sections/overview.ts'
import { planSection } from './sections/plan.ts'
import { timeSection } from './sections/time.ts'
import { uploadsSection } from './sections/uploads.ts'

/** A run as one page that needs nothing but itself: no other file, no network. The same files give the same bytes. */
export function reportPage(files: RunFiles): string {
  const spans = jobSpans(files.events)
  const { title, header } = headerOf(files, spans)
  const traffic = ['', 'service', 'method', 'address', 'status', 'sent', 'received', 'answer']
  const sections = [
    notesSection(files),
    planSection(files, spans),
    timeSection(files, spans),
    costSection(files),
    listSection('jobs', 'Jobs', '<ul class="jobs" id="jobs"></ul>'),
    uploadsSection(files),
    differencesSection(files),
    listSection('traffic', 'Traffic', trafficTable(traffic)),
  ].filter((section) => section !== null)
  const links = sections.map(({ id, title }) => `<a href="#${id}-section">${escapeHtml(title)}</a>`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${hashOf(pageScript)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<header>${header}<nav aria-label="Sections">${links.join('')}</nav></header>
<main>
<noscript><p class="bad">Jobs and traffic are drawn by a script of this page, which is not allowed to run here.</p></noscript>
${sections.map(({ id, title, html }) => `<section id="${id}-section" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>${html}</section>`).join('\n')}
</main>
<script type="application/json" id="data">${embeddedJson(pageData(files, spans))}</script>
<script>${pageScript}</script>
</body>
</html>
`
}

function trafficTable(heads: readonly string[]): string {
  const cells = heads.map((head) => `<th scope="col">${head || 'at'}</th>`)
  return `<div class="wide" tabindex="0" role="region" aria-label="Requests"><table><thead><tr>${cells.join('')}</tr></thead><tbody id="traffic"></tbody></table></div>`
}

/** No other script may run, whatever gets into the page. */
function hashOf(script: string): string {
  return `sha256-${createHash('sha256').update(script).digest('base64')}`
}
