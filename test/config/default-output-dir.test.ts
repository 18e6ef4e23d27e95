import { join } from 'node:path'
import { expect, it } from 'vitest'
import { defaultOutputDir } from '../../src/config/layout.ts'
import { isWritableFolder } from '../../src/files/folders.ts'
import { newFolder } from '../cli/run-pr.ts'

it('uses the workspace of a pod only when it is there and can be written to', () => {
  const folder = newFolder({ 'pod/ComfyUI/main.py': '', file: '' })
  const below = join(folder, 'output/prompt-runner')
  expect(defaultOutputDir(folder, join(folder, 'pod'))).toBe(join(folder, 'pod/ComfyUI/output/prompt-runner'))
  expect(defaultOutputDir(folder, join(folder, 'missing'))).toBe(below)
  expect(defaultOutputDir(folder, join(folder, 'file'))).toBe(below)
  expect(isWritableFolder(join(folder, 'not/yet/there'))).toBe(true)
})
