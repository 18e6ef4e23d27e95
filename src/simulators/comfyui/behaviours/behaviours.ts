import { PythonError } from '../python/py.ts'
import { batchBehaviours } from './batches.ts'
import { coreFunctions } from './core-functions.ts'
import { imageBehaviours } from './images.ts'
import { latentBehaviours } from './latents.ts'
import { loaderBehaviours } from './loaders.ts'
import { logicBehaviours } from './logic.ts'
import type { NodeBehaviour } from './node-behaviour.ts'
import type { OwnBehaviour } from './own-node.ts'
import { regexBehaviours } from './regexes.ts'
import { samplerBehaviours } from './samplers.ts'
import { saverBehaviours } from './savers.ts'
import { soundBehaviours } from './sounds.ts'
import { textBehaviours } from './texts.ts'
import { vhsBehaviours } from './vhs.ts'

/** What is known of classes beyond their entries in object_info, by class. */
export type Behaviours = ReadonlyMap<string, OwnBehaviour>

/** A new node pack gets a file of its own and a line here. */
const own: Behaviours = joined([
  ...imageBehaviours,
  ...latentBehaviours,
  ...samplerBehaviours,
  ...loaderBehaviours,
  ...saverBehaviours,
  ...vhsBehaviours,
  ...batchBehaviours,
  ...logicBehaviours,
  ...textBehaviours,
  ...regexBehaviours,
  ...soundBehaviours,
  ...coreFunctions,
])

/** This program's behaviours, with others in their place or beside them. */
export function behavioursWith(others: readonly NodeBehaviour[] = []): Behaviours {
  const all = new Map(own)
  for (const each of others) all.set(each.classType, guarded(each))
  return all
}

/** What several files know of one class is one behaviour. */
function joined(behaviours: readonly OwnBehaviour[]): Behaviours {
  const all = new Map<string, OwnBehaviour>()
  for (const each of behaviours) all.set(each.classType, { ...all.get(each.classType), ...each })
  return all
}

/**
 * A behaviour of somebody else, whose exceptions are the node's, whatever they are. Those of this program's own behaviours that
 * are no PythonError are its defects.
 */
function guarded(behaviour: NodeBehaviour): NodeBehaviour {
  const { validateInputs, isChanged, checkLazyStatus, progress, durationMs, run } = behaviour
  return {
    ...behaviour,
    ...(validateInputs && { validateInputs: { ...validateInputs, check: raising(validateInputs.check) } }),
    ...(isChanged && { isChanged: raising(isChanged) }),
    ...(checkLazyStatus && { checkLazyStatus: raising(checkLazyStatus) }),
    ...(progress && { progress: raising(progress) }),
    ...(durationMs && { durationMs: raising(durationMs) }),
    ...(run && { run: raising(run) }),
  }
}

function raising<Args extends unknown[], Result>(code: (...args: Args) => Result): (...args: Args) => Result {
  return (...args) => {
    try {
      return code(...args)
    } catch (error) {
      throw pythonError(error)
    }
  }
}

/** By its name, and not by its class: a configuration file may have loaded another copy of this package. */
function pythonError(error: unknown): PythonError {
  if (!(error instanceof Error)) return new PythonError('Exception', String(error))
  const { name, message, stack = '' } = error
  const type = name === 'PythonError' && 'type' in error ? String(error.type) : name
  return new PythonError(type, message, stack.split('\n'))
}
