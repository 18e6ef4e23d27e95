import type { Settings } from '../config/settings-types.ts'
import type { Pace } from '../domain/pace.ts'
import { PromptRunnerError } from '../errors.ts'
import { readInputText } from '../files/read-input.ts'
import type { Clients, RunProgram } from './clients.ts'
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
    comfyui: createComfyuiClient({
      url: comfyui.url,
      clientId: more.clientId,
      token: comfyui.token,
      headers: comfyui.headers,
      ca: comfyui.ca === null ? null : await readAuthority(comfyui.ca),
      pace,
      ...(more.webSocket ? { webSocket: more.webSocket } : {}),
    }),
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
