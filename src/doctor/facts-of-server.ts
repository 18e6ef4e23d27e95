import type { ComfyuiClient } from '../clients/clients.ts'
import { PromptRunnerError } from '../errors.ts'
import type { ServerFacts } from '../recording/server-facts.ts'

/** Asks a server everything that costs it nothing, always in the same order. */
export async function factsOfServer(client: ComfyuiClient, signal?: AbortSignal): Promise<ServerFacts> {
  const stats = await client.systemStats(signal)
  await client.features(signal)
  const objectInfo = await client.objectInfoText(undefined, signal)
  const models = new Map<string, readonly string[]>()
  for (const folder of (await client.models(undefined, signal).catch(noneWithoutRoute)).toSorted()) {
    models.set(folder, (await client.models(folder, signal)).toSorted())
  }
  return { version: stats.comfyuiVersion, device: stats.devices[0]?.name ?? '', objectInfo, models }
}

/** Old servers have no `GET /models`. */
function noneWithoutRoute(error: unknown): string[] {
  if (error instanceof PromptRunnerError && error.code === 'PR_COMFY_HTTP') return []
  throw error
}
