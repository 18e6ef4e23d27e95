import type { Graph, InputValue } from './graph.ts'
import type { OutputRole, Role } from './roles.ts'

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
