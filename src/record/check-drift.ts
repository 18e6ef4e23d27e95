import { randomUUID } from 'node:crypto'
import { createClients } from '../clients/create-clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { factsOfServer } from '../doctor/facts-of-server.ts'
import { PromptRunnerError } from '../errors.ts'
import { comfyuiKnowledge } from '../recording/comfyui-knowledge.ts'
import { driftOf, driftText } from '../recording/drift.ts'
import { tellLeftOut } from '../recording/left-out.ts'
import { loadRecording } from '../recording/load-recording.ts'
import { factsOfRecording, usesOf } from '../recording/server-facts.ts'
import type { RunHost } from '../run/run-host.ts'
import { refuseSeveral } from './one-server.ts'

/** Says in words what changed on the server since the recording was taken. Throws PR_STALE_RECORDING when something did. */
export async function checkDrift(
  settings: Settings,
  { output, signal }: Pick<RunHost, 'output' | 'signal'>,
): Promise<number> {
  refuseSeveral(settings, 'a recording is compared with')
  const name = settings.dryRun.recording
  const recording = await loadRecording(name)
  tellLeftOut(recording, output)
  const { entries, facts } = recording
  const clients = await createClients(settings, { clientId: randomUUID() })
  const live = await factsOfServer(clients.comfyui, signal).finally(() => clients.comfyui.close())
  const drift = driftOf(factsOfRecording(comfyuiKnowledge(entries)), live, usesOf(entries))
  for (const { what } of drift.filter(({ isWarning }) => isWarning)) output.warn(what)
  const differences = drift.filter(({ isWarning }) => !isWarning)
  if (differences.length === 0) {
    output.print(`${name}, recorded ${facts.recorded}, is as ${settings.comfyui.url.href} is.`)
    output.result({ ok: true, recording: name, drift })
    return 0
  }
  throw new PromptRunnerError(
    'PR_STALE_RECORDING',
    `${settings.comfyui.url.href} is no longer what ${name} was recorded from`,
    {
      hint: `take it again as it was taken (--name ${name}; \`pr record --help\` has examples), or choose another one with --recording`,
      problems: differences.map((each) => ({ file: name, message: driftText(each) })),
    },
  )
}
