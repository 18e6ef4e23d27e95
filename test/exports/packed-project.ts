import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const shipped = [
  'src',
  'recordings',
  'package.json',
  '.build.ts',
  'tsconfig.json',
  'tsconfig.build.json',
  'README.md',
  'LICENSE',
]

/**
 * A copy of `fixtures/third-party` with prompt-runner installed from what `npm pack` makes, built anew. Everything else that it needs
 * is linked from this repository's packages: nothing is downloaded.
 */
export async function packedProject(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-packed-'))
  const source = join(folder, 'source')
  for (const name of [...shipped, 'fixtures/prompt_files'])
    cpSync(join(root, name), join(source, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'))
  // Packing builds first, by the script `prepare`.
  await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: source })

  const project = join(folder, 'project')
  cpSync(join(root, 'fixtures/third-party'), project, { recursive: true })
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, 'prompt-runner'), { recursive: true })
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))!
  await run('tar', ['-xzf', join(folder, archive), '-C', join(modules, 'prompt-runner'), '--strip-components=1'])
  for (const name of readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
  return project
}
