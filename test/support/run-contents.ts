import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalHar } from '../../src/recording/canonical-har.ts'
import { unchecked } from './journals.ts'
import type { Rehearsed } from './rehearse.ts'

/** Every file of a run folder as text that two runs can be compared by; the folder's own path is all that may differ, and what sums it up. */
export function contents(run: Rehearsed): Record<string, string> {
  return Object.fromEntries(
    run.files.map((file) => {
      const bytes = readFileSync(join(run.folder, file))
      if (file === 'traffic.har') return [file, JSON.stringify(canonicalHar(JSON.parse(bytes.toString())), null, 1)]
      const isText = /\.(json|jsonl|log|html)$/.test(file)
      return [file, isText ? unchecked(bytes.toString().replaceAll(run.cwd, '<cwd>')) : bytes.toString('base64')]
    }),
  )
}
