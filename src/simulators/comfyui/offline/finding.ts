import type { Problem } from '../../../errors.ts'
import { dumpJson } from '../python/format.ts'
import type { Py } from '../python/py.ts'
import type { OfflineNode } from './graph.ts'

/** A problem of a workflow, with what a program needs to know of its place. */
export interface Finding extends Problem {
  readonly node?: { readonly id: string; readonly title: string | null; readonly class: string | null }
  readonly input?: string
  readonly missing?: MissingPiece
}

/** What has to be put on the server before the workflow can run. */
export interface MissingPiece {
  readonly kind: 'model' | 'LoRA' | 'node class'
  /** File or class. */
  readonly name: string
  /** Folder below ComfyUI's own, or node pack; null when neither can be told. */
  readonly place: string | null
  /** The most similar name that the server has. */
  readonly nearest: string | null
}

/** A problem of one graph, before it is known which file the graph is from. */
export type GraphProblem = Omit<Finding, 'file' | 'node'> & { readonly node?: OfflineNode }

/** The problem, told with its file. */
export function findingIn(file: string, { node, ...problem }: GraphProblem): Finding {
  const place = node && { node: { id: node.id, title: node.title, class: node.className } }
  return { file, ...problem, ...place }
}

/** A Python value that JSON.stringify can write without loss: what it could not becomes the text that Python would write. */
export function plain(value: Py): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint' && survivesJson(value)) return Number(value)
  return dumpJson(value)
}

/** Whether a program that keeps numbers as doubles, as JavaScript does, writes an integer back as it read it. */
export function survivesJson(value: bigint): boolean {
  return JSON.stringify(Number(value)) === String(value)
}
