import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import { failure } from './failure.ts'

type Change = string | ((text: string) => string)

export interface TemplateChanges {
  render?: Change
  combine?: Change
  bindings?: Change
}

/** A copy of the shipped templates in a folder of its own, each file replaced or edited; it goes when the test ends. */
export function templateFolder(changes: TemplateChanges): string {
  const folder = mkdtempSync(join(tmpdir(), 'pr-templates-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [name, file] of [
    ['render', 'render.json'],
    ['combine', 'combine.json'],
    ['bindings', 'bindings.yaml'],
  ] as const) {
    const shipped = readFileSync(join('src/workflows', file), 'utf8')
    const change = changes[name]
    const text = typeof change === 'function' ? change(shipped) : (change ?? shipped)
    if (text === shipped && change !== undefined) throw new Error(`the change of ${file} changed nothing`)
    writeFileSync(join(folder, file), text)
  }
  return folder
}

/** Why changed templates cannot be loaded, the files named as if they lay in the working directory. */
export async function templateFailure(changes: TemplateChanges) {
  const folder = templateFolder(changes)
  const facts = await failure(() => loadTemplates(folder))
  const problems = facts.problems?.map((problem) => ({ ...problem, file: problem.file.slice(folder.length + 1) }))
  return { ...facts, problems }
}
