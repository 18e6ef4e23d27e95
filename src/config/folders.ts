import { accessSync, constants, existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isFolder } from '../files/file-kind.ts'

/** Whether a folder could be written to, looking at the nearest one above it that exists. Makes nothing. */
export function isWritableFolder(path: string): boolean {
  const nearest = nearestExisting(path)
  if (!isFolder(nearest)) return false
  try {
    accessSync(nearest, constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** The path itself, or the nearest folder above it that exists. */
export function nearestExisting(path: string): string {
  let nearest = path
  while (!existsSync(nearest)) nearest = dirname(nearest)
  return nearest
}

/** On a RunPod pod the volume is mounted at /workspace; elsewhere files go below the current folder. */
export function defaultOutputDir(cwd: string, workspace = '/workspace'): string {
  const onPod = join(workspace, 'ComfyUI/output/prompt-runner')
  return existsSync(workspace) && isWritableFolder(onPod) ? onPod : join(cwd, 'output/prompt-runner')
}
