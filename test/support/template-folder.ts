import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

type Change = string | ((text: string) => string)

/** A copy of the shipped templates in a folder of its own, each file replaced or edited; it goes when the test ends. */
export function templateFolder(changes: { render?: Change; combine?: Change; bindings?: Change }): string {
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
