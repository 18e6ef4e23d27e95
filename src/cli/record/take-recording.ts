import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createClients } from '../../clients/real-clients.ts'
import type { Settings } from '../../config/settings-types.ts'
import { askForFree } from '../../doctor/free-questions.ts'
import { installRecorder } from '../../network/recorder/recorder.ts'
import { hostTable } from '../../network/safety/host-table.ts'
import { finishRecording } from '../../recording/finish-recording.ts'
import { cutObjectInfo } from '../../recording/object-info.ts'
import { recordRedactor } from '../../recording/record-redactor.ts'
import type { ServerFacts } from '../../recording/server-facts.ts'
import type { StepLog } from './event-log.ts'
import { serverStamps } from './server-stamps.ts'
import { viewInputs } from './view-inputs.ts'
import { classesIn, graphsIn, type Work } from './work.ts'

export interface Take {
  readonly settings: Settings
  readonly signal: AbortSignal
  readonly name: string
  readonly work: Work
  /** An empty folder; gets the HARs and their bodies. */
  readonly folder: string
  readonly downloads: string
  readonly secrets: Readonly<Record<string, string | null>>
  readonly allClasses: boolean
  readonly anonymous: boolean
}

/** Asks the free questions, does the work, and writes down all of it. Gives what the client got to see. */
export async function takeRecording(take: Take): Promise<StepLog[]> {
  const { work, folder } = take
  const { facts, log } = await workRecorded(take)
  const used = new Set(classesIn(work))
  finishRecording(folder, {
    facts: stampsOf(take, facts, used),
    edit: (url, text) =>
      url.pathname.endsWith('/object_info') && !take.allClasses && used.size > 0 ? cutObjectInfo(text, used) : text,
  })
  return log
}

/** Leaves what was said on the wire in `folder`. */
async function workRecorded(take: Take): Promise<{ facts: ServerFacts; log: StepLog[] }> {
  const { settings, signal, work, folder, downloads, secrets: known, anonymous } = take
  const { url, ca } = settings.comfyui
  await using _recorder = await installRecorder({
    folder,
    redactor: recordRedactor({ known, anonymous }),
    hosts: hostTable(url),
    ca: ca === null ? null : await readFile(ca, 'utf8'),
  })
  const clients = await createClients(settings, { clientId: randomUUID() })
  try {
    await clients.pod?.info(signal)
    const facts = await askForFree(clients.comfyui, signal)
    await viewInputs(clients.comfyui, graphsIn(work), { objectInfo: facts.objectInfo, folder: downloads, signal })
    return { facts, log: await work.run(clients, downloads, signal) }
  } finally {
    await clients.comfyui.close()
  }
}

/** `log._pr`. Everything that differs between two recordings of one server is in here. */
function stampsOf({ name, settings, allClasses }: Take, facts: ServerFacts, used: ReadonlySet<string>) {
  const { host } = settings.comfyui.url
  return {
    name,
    source: /^(?:127\.|localhost|\[::1\])/.test(host) ? 'pr record, on a server on this machine' : 'pr record',
    ...serverStamps(facts, used),
    ...(allClasses || used.size === 0 ? {} : { edited: 'object_info has the classes in use and their neighbours' }),
  }
}
