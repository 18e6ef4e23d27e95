import type { BuiltWorkflow } from '../domain/apply-bindings.ts'
import type { OutputFile } from '../domain/run-event.ts'
import type { RunContext } from './run-context.ts'

/** Files by node. */
export type NamedFiles = Map<string, readonly OutputFile[]>

/** A prompt of which is noted what its nodes have made. */
export interface Noting {
  readonly where: { readonly video: string; readonly workflow: number }
  readonly built: BuiltWorkflow
  readonly promptId: string
  /** What was noted of it before. */
  readonly named: NamedFiles
}

/** Notes what a node has made, and tells the journal what is wanted of it. */
export function noteFiles(
  context: RunContext,
  { where, built, promptId, named }: Noting,
  { node, files }: { readonly node: string; readonly files: readonly OutputFile[] },
): void {
  const isNews = JSON.stringify(named.get(node)) !== JSON.stringify(files)
  named.set(node, files)
  if (!isNews || !Object.values(built.outputs).includes(node) || !files.some(isOutput)) return
  context.emit({ kind: 'job-output', at: context.now(), ...where, promptId, node, files })
}

/** Notes what nodes had made before their prompt failed: its history tells that, and the socket may not have. */
export async function noteFailed(context: RunContext, noting: Noting): Promise<void> {
  const entry = await context.clients.comfyui.history(noting.promptId, context.signal).catch(() => null)
  for (const [node, files] of Object.entries(entry?.files ?? {})) noteFiles(context, noting, { node, files })
}

/** Whether a file lies where it stays. */
export const isOutput = ({ type }: OutputFile): boolean => type === 'output'
