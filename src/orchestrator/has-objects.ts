import type { StorageClient } from '../clients/clients.ts'
import { objectName } from '../config/layout.ts'
import type { Plan } from '../domain/plan.ts'

/**
 * Whether the bucket has films under the name of this new run. Objects are never replaced, so without this look the
 * clash would show only after hours of rendering.
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
