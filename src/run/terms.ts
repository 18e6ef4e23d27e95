import type { PodInfo } from '../clients/clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { dollarText, type Price, priceText, rateText } from '../domain/price.ts'
import type { Terms } from '../domain/spending.ts'
import { durationText } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import type { Spending } from '../orchestrator/spending.ts'

/** A budget counts in money, so somebody has to say what an hour costs. Throws PR_USAGE where nobody will. */
export function refuseUnpriced({ dryRun, pod, run, servers }: Settings): void {
  if (run.budget === null || run.price !== null || run.validateOnly) return
  const [without] = servers.filter(({ price }) => price === null)
  if (without)
    throw unpriced(`nobody says what ${without.url.href} costs`, 'give --price DOLLARS, what each server costs an hour')
  if (dryRun.enabled) throw unpriced('a dry run asks no real RunPod', 'give --price DOLLARS, what an hour costs')
  if (pod.id === null) throw unpriced('no pod is known to ask RunPod about', 'give --price DOLLARS, or --pod-id')
}

/** What a run may take. `info` is what RunPod itself says of the pod; null: it was not asked, or a simulated one was. Throws PR_USAGE. */
export function termsOf({ run }: Settings, info: PodInfo | null, now: number): Terms {
  const { price: given, budget, deadline } = run
  const price = priceOf(given, info, now)
  if (budget !== null && price === null) {
    throw unpriced(
      `RunPod names none for pod ${info?.id}, which is ${info?.status}`,
      'give --price DOLLARS, what an hour costs',
    )
  }
  return { price, budget, deadline }
}

/** What an hour costs as far as a person has said so. */
export function givenPrice({ run }: Settings, now: number): Price | null {
  return priceOf(run.price, null, now)
}

function priceOf(given: number | null, info: PodInfo | null, at: number): Price | null {
  if (given !== null) return { perHour: given, from: 'given', at }
  // A pod that is off costs nothing at that moment, which says nothing of when it runs.
  return info && info.costPerHour > 0 ? { perHour: info.costPerHour, from: 'runpod', at } : null
}

/** One line for who is about to start the run; null where nothing is known or limited. */
export function termsText({ terms: { price, budget, deadline }, before }: Spending): string | null {
  const parts = [
    ...(price ? [priceText(price)] : []),
    ...(budget === null ? [] : [`budget ${rateText(budget)}`]),
    ...(price && before > 0 ? [`${dollarText(before)} of earlier starts`] : []),
    ...(deadline === null ? [] : [`deadline ${durationText(deadline)} after the start`]),
  ]
  return parts.length > 0 ? `Price and limits: ${parts.join(', ')}` : null
}

/** Whose times a rehearsal's budget and deadline are held against; null: it has neither. */
export function rehearsedTimes(
  { budget, deadline }: Terms,
  recording: string,
  device: string,
): { readonly level: 'info' | 'warn'; readonly text: string } | null {
  const flags = [...(budget === null ? [] : ['--budget']), ...(deadline === null ? [] : ['--deadline'])]
  if (flags.length === 0) return null
  const text = `${flags.join(' and ')} rehearsed with the times of recording ${recording} on ${device}`
  if (device !== 'cpu') return { level: 'info', text }
  const cure = 'take a recording of your own server (--recording) to see whether the film keeps to them'
  return { level: 'warn', text: `${text}, which say nothing about a GPU: ${cure}` }
}

function unpriced(why: string, hint: string): PromptRunnerError {
  return new PromptRunnerError('PR_USAGE', `--budget needs a price, and ${why}`, { hint })
}
