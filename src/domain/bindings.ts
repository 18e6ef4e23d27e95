import type { Graph, InputValue } from './graph.ts'

/** The workflow templates of one folder, and what their nodes mean. */
export interface Templates {
  readonly render: Graph
  readonly combine: Graph
  readonly bindings: Bindings
  /** The files as a person would name them, for messages. */
  readonly files: { readonly render: string; readonly combine: string; readonly bindings: string }
}

/** The content of `bindings.yaml`. */
export interface Bindings {
  readonly render: {
    /** For both passes; a pass may name a role again for itself. */
    readonly inputs: Places
    readonly high: VariantBindings
    readonly low: VariantBindings
    /** Nodes that go when a chunk has no reference image, or a video no control video. */
    readonly without_reference_image: readonly Removal[]
    readonly without_control_video: readonly Removal[]
  }
  readonly combine: {
    readonly inputs: Places
    /** Job 1: chunk 1 alone. */
    readonly first: VariantBindings
    /** Job k: the film so far and chunk k. */
    readonly later: VariantBindings
  }
}

export interface VariantBindings {
  readonly inputs: Places
  readonly set: readonly Setting[]
  readonly remove: readonly Removal[]
  readonly outputs: Readonly<Partial<Record<OutputRole, NodeRef | undefined>>>
}

/** Where the value of each role goes: to one input or to several. */
export type Places = Readonly<Partial<Record<Role, readonly Place[] | undefined>>>

/** A node by exactly one of its id, its title and its class. */
export interface NodeRef {
  readonly id?: string | undefined
  readonly title?: string | undefined
  readonly class?: string | undefined
}

export interface Place extends NodeRef {
  readonly input: string
}

/** An input with a fixed value, or linked to the output `slot` (from 0) of another node. */
export interface Setting extends Place {
  readonly value?: InputValue | undefined
  readonly from?: (NodeRef & { readonly slot: number }) | undefined
}

/** A node that is taken out; with `bypass` its consumers get what that input of it got, else they lose the input. */
export interface Removal extends NodeRef {
  readonly bypass?: string | undefined
}

/** What a binding can say about an input of a node, in the order in which changes are listed. */
export const roles = {
  lora: { words: 'LoRA', template: 'render', needed: [] },
  model: { words: 'Model', template: 'render', needed: ['high', 'low'] },
  text_encoder: { words: 'Text encoder', template: 'render', needed: [] },
  vae: { words: 'VAE', template: 'render', needed: [] },
  positive_prompt: { words: 'Positive prompt', template: 'render', needed: ['high', 'low'] },
  negative_prompt: { words: 'Negative prompt', template: 'render', needed: ['high', 'low'] },
  width: { words: 'Width', template: 'render', needed: ['high', 'low'] },
  height: { words: 'Height', template: 'render', needed: ['high', 'low'] },
  length: { words: 'Length', template: 'render', needed: ['high', 'low'] },
  seed: { words: 'Seed', template: 'render', needed: ['high', 'low'] },
  steps: { words: 'Steps', template: 'render', needed: ['high', 'low'] },
  switch_step: { words: 'Switch at step', template: 'render', needed: ['high', 'low'] },
  cfg: { words: 'CFG', template: 'render', needed: ['high', 'low'] },
  reference_image: { words: 'Reference image', template: 'render', needed: ['high', 'low'] },
  control_video: { words: 'Control video', template: 'render', needed: [] },
  control_start: { words: 'Control video from frame', template: 'render', needed: [] },
  control_length: { words: 'Control video frames', template: 'render', needed: [] },
  latent: { words: 'Latent', template: 'render', needed: ['low'] },
  latent_prefix: { words: 'Latent saved as', template: 'render', needed: ['high'] },
  video_prefix: { words: 'Video saved as', template: 'render', needed: ['low'] },
  first_video: { words: 'First video', template: 'combine', needed: ['first', 'later'] },
  first_frames: { words: 'Frames of the first video', template: 'combine', needed: ['first'] },
  second_video: { words: 'Second video', template: 'combine', needed: ['later'] },
  second_frames: { words: 'Frames of the second video', template: 'combine', needed: ['later'] },
  film_prefix: { words: 'Film saved as', template: 'combine', needed: ['first', 'later'] },
  fps: { words: 'Frames per second', template: 'both', needed: ['low', 'first', 'later'] },
} as const satisfies Record<string, RoleFacts>

export type Role = keyof typeof roles
export type Variant = 'high' | 'low' | 'first' | 'later'
export type OutputRole = 'latent' | 'video' | 'film'

interface RoleFacts {
  /** How a person reads the role in a list of changes. */
  readonly words: string
  readonly template: 'render' | 'combine' | 'both'
  /** The variants of the template that cannot do without it. */
  readonly needed: readonly Variant[]
}

/** The file that a variant must deliver: the next job, or the user, waits for it. */
export const neededOutput: Readonly<Record<Variant, OutputRole>> = {
  high: 'latent',
  low: 'video',
  first: 'film',
  later: 'film',
}

export const roleNames = Object.keys(roles) as readonly Role[]

/** The roles that bindings of one template may name. */
export function rolesOf(template: 'render' | 'combine'): Role[] {
  return roleNames.filter((role) => roles[role].template === template || roles[role].template === 'both')
}
