import type { ComputeBehaviours } from './compute-behaviour.ts'
import { imageBehaviours } from './compute-image.ts'
import { latentBehaviours } from './compute-latent.ts'
import { loadBehaviours } from './compute-load.ts'
import { samplerBehaviours } from './compute-sampler.ts'
import { saveBehaviours } from './compute-save.ts'
import { vhsBehaviours } from './compute-vhs.ts'
import { videoBehaviours } from './compute-video.ts'

/** Every class whose results later nodes depend on. A new node pack gets a file of its own and a line here. */
export const computeBehaviours: ComputeBehaviours = new Map([
  ...imageBehaviours,
  ...latentBehaviours,
  ...samplerBehaviours,
  ...videoBehaviours,
  ...loadBehaviours,
  ...saveBehaviours,
  ...vhsBehaviours,
])
