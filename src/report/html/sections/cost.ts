import { comparedText, lengthText, spanText } from '../../../domain/estimate/estimate-text.ts'
import { dollarText, rateText } from '../../../domain/price.ts'
import type { RunFiles } from '../run-files.ts'
import { factList, type Section } from './section.ts'

/** What was estimated, how far off that was, and what the run has cost where somebody has named a price. */
export function costSection({ events, summary }: RunFiles): Section {
  const [first, ...later] = events.filter((event) => event.kind === 'estimate')
  const last = later.at(-1)
  const spent = summary?.spent ?? null
  const price = summary?.price ?? null
  const facts = factList([
    [
      'Estimate',
      first ? `${spanText(first.seconds)} on ${first.reason}` : (summary?.rehearsal?.estimate.note ?? 'none'),
    ],
    ['Of it', first ? partsOf(first.phases) : null],
    ['By its own pace', last ? spanText(last.seconds) : null],
    ['In the end', first && spent && summary?.ok ? comparedText(first.seconds.mid, spent.seconds, '') : null],
    ['Price', price ? `${rateText(price.usd_per_hour)}/h (${price.source})` : 'nobody has named one'],
    ['Cost', spent && spent.usd !== null ? dollarText(spent.usd) : null],
  ])
  return { id: 'cost', title: 'Estimate and cost', html: facts }
}

function partsOf(phases: Extract<RunFiles['events'][number], { kind: 'estimate' }>['phases']): string {
  return Object.entries(phases)
    .map(([name, span]) => `${name} ${span === null ? 'not known' : lengthText(span.mid)}`)
    .join(', ')
}
