import type { ComfyuiSettings, Settings } from '../config/settings-types.ts'
import type { Pace } from '../domain/pace.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import type { Clients, ComfyuiClient, RunProgram } from './clients.ts'
import { createComfyuiClient } from './comfyui/comfyui.ts'
import type { WebSocketConstructor } from './comfyui/socket.ts'
import { createMediaClient } from './ffmpeg.ts'
import { createStorageClient } from './gcs/gcs.ts'
import { realPace } from './real-pace.ts'

/**
 * The one set of clients, live and rehearsed alike. `run` replaces the start of ffmpeg and ffprobe, `webSocket` the socket's
 * constructor, `pace` how they wait; nothing else can be exchanged. Throws PR_CONFIG when the file of the own authority cannot be read.
 */
export async function createClients(
  settings: Settings,
  more: {
    clientId: string
    run?: RunProgram | undefined
    webSocket?: WebSocketConstructor | undefined
    pace?: Pace | undefined
  },
): Promise<Clients> {
  const { comfyui, storage, pod, programs } = settings
  const { pace = realPace } = more
  return {
    comfyui: await createComfyui(comfyui, more),
    storage: createStorageClient({
      bucket: storage.bucket ?? '',
      prefix: storage.prefix,
      projectId: storage.projectId,
      credentialsFile: storage.credentialsFile,
      pace,
    }),
    pod:
      pod.id === null
        ? null
        : (await import('./runpod/runpod.ts')).createPodClient({ podId: pod.id, apiKey: pod.apiKey, pace }),
    pace,
    media: createMediaClient({ ...programs, ...(more.run ? { run: more.run } : {}) }),
  }
}

/** The client of one server, where a run has several. Throws PR_CONFIG as above. */
export async function createComfyui(
  { url, token, headers, ca }: ComfyuiSettings,
  {
    clientId,
    webSocket,
    pace = realPace,
  }: { clientId: string; webSocket?: WebSocketConstructor | undefined; pace?: Pace | undefined },
): Promise<ComfyuiClient> {
  return createComfyuiClient({
    url,
    clientId,
    token,
    headers,
    ca: ca === null ? null : await readAuthority(ca),
    pace,
    ...(webSocket ? { webSocket } : {}),
  })
}

async function readAuthority(path: string): Promise<string> {
  try {
    return await readInputText(path)
  } catch (cause) {
    throw new PromptRunnerError(
      'PR_CONFIG',
      `reading the certificate authority ${path} failed: ${(cause as Error).message}`,
      {
        hint: '--ca takes the path of a PEM file',
        cause,
      },
    )
  }
}
