import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ComfyuiClient } from '../clients/clients.ts'
import { createClients } from '../clients/create-clients.ts'
import type { Settings } from '../config/settings-types.ts'
import { factsOfServer } from '../doctor/facts-of-server.ts'
import type { Graph } from '../domain/graph.ts'
import type { OutputFile } from '../domain/run-event.ts'
import { PromptRunnerError } from '../errors.ts'
import { installRecorder } from '../network/recorder/recorder.ts'
import { hostTable } from '../network/safety/host-table.ts'
import { finishRecording } from '../recording/finish-recording.ts'
import { classSchemas, cutObjectInfo } from '../recording/object-info.ts'
import { recordRedactor } from '../recording/record-redactor.ts'
import type { ServerFacts } from '../recording/server-facts.ts'
import { serverStamps } from '../recording/server-facts.ts'
import type { StepLog } from './event-log.ts'
import { classesIn, graphsIn, type Work } from './work.ts'

interface LiveRecording {
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
export async function recordLive(recording: LiveRecording): Promise<StepLog[]> {
  const { work, folder, allClasses } = recording
  const { facts, log } = await workRecorded(recording)
  const used = new Set(classesIn(work))
  finishRecording(folder, {
    facts: stampsOf(recording, facts, used),
    edit: (url, text) =>
      url.pathname.endsWith('/object_info') && !allClasses && used.size > 0 ? cutObjectInfo(text, used) : text,
  })
  return log
}

/** Leaves what was said on the wire in `folder`. */
async function workRecorded(recording: LiveRecording): Promise<{ facts: ServerFacts; log: StepLog[] }> {
  const { settings, signal, work, folder, downloads, secrets: known, anonymous } = recording
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
    const facts = await factsOfServer(clients.comfyui, signal)
    await viewInputs(clients.comfyui, graphsIn(work), { objectInfo: facts.objectInfo, folder: downloads, signal })
    return { facts, log: await work.run(clients, downloads, signal) }
  } finally {
    await clients.comfyui.close()
  }
}

/** `log._pr`. Everything that differs between two recordings of one server is in here. */
function stampsOf({ name, settings, allClasses }: LiveRecording, facts: ServerFacts, used: ReadonlySet<string>) {
  const { host } = settings.comfyui.url
  return {
    name,
    source: /^(?:127\.|localhost|\[::1\])/.test(host) ? 'pr record, on a server on this machine' : 'pr record',
    ...serverStamps(facts, used),
    ...(allClasses || used.size === 0 ? {} : { edited: 'object_info has the classes in use and their neighbours' }),
  }
}

/**
 * Downloads what the loaders of the graphs read from the server's input folder, so that the recording has it. What is not
 * there is left for the server itself to refuse.
 */
async function viewInputs(
  client: ComfyuiClient,
  graphs: readonly Graph[],
  options: { objectInfo: string; folder: string; signal: AbortSignal },
): Promise<void> {
  const { objectInfo, folder, signal } = options
  for (const [number, file] of inputFiles(graphs, objectInfo).entries()) {
    await client.download(file, join(folder, `input-${number}`), signal).catch((error: unknown) => {
      if (!(error instanceof PromptRunnerError) || error.code !== 'PR_COMFY_HTTP') throw error
    })
  }
}

function inputFiles(graphs: readonly Graph[], objectInfo: string): OutputFile[] {
  const schemas = classSchemas(objectInfo)
  const names = graphs.flatMap(Object.values).flatMap(({ class_type, inputs }) =>
    Object.entries(inputs).flatMap(([name, value]) => {
      const schema = schemas.get(class_type)?.inputs.get(name)
      // A list without values is that of the files in a folder; what stands in braces is uploaded by the work itself.
      const isFile = schema?.type === 'COMBO' && schema.values === null
      return isFile && typeof value === 'string' && !value.includes('{{') ? [value] : []
    }),
  )
  return [...new Set(names)].flatMap((name) => {
    const [, subfolder = '', filename] = /^(?:(.*)\/)?([^/]+?)(?: \[input\])?$/.exec(name) ?? []
    return filename && !/ \[(?:output|temp)\]$/.test(name) ? [{ type: 'input', subfolder, filename }] : []
  })
}
