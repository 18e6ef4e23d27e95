import { counted } from '../domain/wording.ts'
import { type ComfyuiKnowledge, comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { type NodeUse, usesOf } from '../recording/server-facts.ts'
import { type DoctorFinding, findingsOf } from './doctor-finding.ts'

/** What dry runs are answered from. */
export interface KnownRecording {
  readonly name: string
  readonly knowledge: ComfyuiKnowledge
  /** Every node of the prompts in it. */
  readonly uses: readonly NodeUse[]
  readonly finding: DoctorFinding
}

/** Loads a recording and says what it is of. `now` in epoch milliseconds. Throws PR_RECORDING. */
export async function knowRecording(nameOrPath: string, now: number): Promise<KnownRecording> {
  const { entries, facts } = await loadRecording(nameOrPath)
  const knowledge = comfyuiKnowledge(entries)
  const { version, device } = knowledge
  const server = `ComfyUI ${version || 'of unknown version'} on ${device || 'an unknown device'}`
  const age = facts.recorded ? `, recorded ${facts.recorded} (${agoText(facts.recorded, now)})` : ''
  return {
    name: facts.name,
    knowledge,
    uses: usesOf(entries),
    finding: findingsOf('recording').ok(`${facts.name}: ${server}${age}`),
  }
}

const DAY = 86_400_000

function agoText(date: string, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(date)) / DAY))
  return days === 0 ? 'today' : `${counted(days, 'day')} ago`
}
