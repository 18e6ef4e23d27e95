import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ComfyuiClient } from '../clients/clients.ts'
import { type ComfyuiOptions, createComfyuiClient } from '../clients/comfyui/comfyui.ts'
import type { Settings } from '../config/settings-types.ts'
import { factsOfServer } from '../doctor/facts-of-server.ts'
import { directConnections } from '../network/recorder/direct-connections.ts'
import { openRawCapture } from '../network/recorder/raw-capture.ts'
import { serveUpstream } from '../network/recorder/serve-upstream.ts'
import { finishRecording } from '../recording/finish-recording.ts'
import { publishRecording } from '../recording/publish.ts'
import { recordRedactor } from '../recording/record-redactor.ts'
import { refuseSecrets, secretValues } from '../recording/secret-scan.ts'
import { type ServerFacts, serverStamps } from '../recording/server-facts.ts'
import type { RunHost } from '../run/run-host.ts'
import { besideTarget, refuseOther } from './beside-target.ts'
import { refuseSeveral } from './one-server.ts'

export interface RecordingProxy {
  readonly port: number
  /** Folder of the recording. */
  readonly recordTo: string
  readonly settings: Settings
  readonly environment: NodeJS.ProcessEnv
}

/**
 * Stands in front of a live ComfyUI for any client until `signal` is aborted, and then publishes what went through. The recording
 * begins with the free questions, without which nothing can be simulated from it. It is not verified: its clients are gone.
 */
export async function recordingProxy(
  options: RecordingProxy,
  { output, signal, endInOrder }: Pick<RunHost, 'output' | 'signal' | 'endInOrder'>,
): Promise<number> {
  const { settings, environment } = options
  refuseSeveral(settings, 'pr serve --record-to passes everything on to')
  const { url, token, headers, ca: authority } = settings.comfyui
  endInOrder()
  const target = resolve(options.recordTo)
  const secrets = { ...secretValues(environment), ...headers, comfyui_token: token }
  const ca = authority === null ? null : await readFile(authority, 'utf8')
  refuseOther(target)
  // A server that is not there is told of by its own address, and no folder is made for it.
  await asked({ url, token, headers, ca }, (client) => client.systemStats(signal))
  return besideTarget({ target, output, ending: () => 'failed' }, async (folder) => {
    let facts: ServerFacts
    {
      const open = directConnections(ca)
      using watch = openRawCapture({ folder, redactor: recordRedactor({ known: secrets }) })
      await using served = await serveUpstream({ upstream: url, open, watch, port: options.port })
      const { address } = served
      facts = await asked({ url: address, token, headers }, (client) => factsOfServer(client, signal))
      output.print(`Recording ${url.origin} for clients of ${address.origin}; Ctrl-C ends it.`)
      output.result({ address: address.origin, upstream: url.origin, recording: target })
      if (!signal.aborted) await once(signal, 'abort')
    }
    finishRecording(folder, {
      facts: { source: 'pr serve --record-to', ...serverStamps(facts, []) },
      edit: (_, text) => text,
    })
    refuseSecrets(folder, secrets)
    publishRecording(folder, target)
    output.info(`Recorded ${target}.`)
    return 0
  })
}

async function asked<T>(
  server: Omit<ComfyuiOptions, 'clientId'>,
  question: (client: ComfyuiClient) => Promise<T>,
): Promise<T> {
  const client = createComfyuiClient({ ...server, clientId: randomUUID() })
  try {
    return await question(client)
  } finally {
    await client.close()
  }
}
