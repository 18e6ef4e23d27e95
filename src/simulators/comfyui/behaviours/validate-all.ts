import type { ValidateBehaviours } from './validate-behaviour.ts'
import { coreValidateBehaviours } from './validate-core.ts'
import { vhsValidateBehaviours } from './validate-vhs.ts'

/** Every class whose checks `object_info` cannot tell. A new node pack gets a file of its own and a line here. */
export const validateBehaviours: ValidateBehaviours = new Map([...coreValidateBehaviours, ...vhsValidateBehaviours])
