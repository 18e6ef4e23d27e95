import type { StorageClient } from '../clients/clients.ts'
import { objectName } from '../config/layout.ts'
import type { Plan } from '../domain/plan-types.ts'

/**
 * Whether the bucket has films of a run that is new here. Nothing there is ever replaced, and that would be said only after hours
 * of rendering.
 */
export async function hasObjects(
  storage: StorageClient,
  runName: string,
  plans: readonly Plan[],
  signal: AbortSignal,
): Promise<boolean> {
  const found = await Promise.all(
    plans.map((plan) => storage.list(`${objectName(storage.prefix, runName, plan.videoName, '')}/`, signal)),
  )
  return found.flat().length > 0
}
