import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Recording } from '../../recording/load-recording.ts'

/** Copies what a recording answers from, with the bodies that it names. */
export function copyAnswers({ hars }: Pick<Recording, 'hars'>, folder: string): void {
  for (const { path } of hars) {
    copyFileSync(path, join(folder, basename(path)))
    // What is packed has its bodies in it.
    if (!path.endsWith('.har')) continue
    const names = readFileSync(path, 'utf8').matchAll(/"_file"\s*:\s*"([^"\\]+)"/g)
    for (const name of new Set(Array.from(names, ([, name = '']) => name))) {
      if (name.split('/').includes('..')) continue
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      copyFileSync(join(dirname(path), name), join(folder, name))
    }
  }
}
