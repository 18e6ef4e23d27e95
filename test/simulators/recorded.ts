import { readFileSync } from 'node:fs'
import type { Har, HarLog } from '../../src/recording/har.ts'

/** A shipped recording, by its path under `recordings/`. */
export function recorded(path: string): HarLog {
  const text = readFileSync(new URL(`../../recordings/${path}`, import.meta.url), 'utf8')
  return (JSON.parse(text) as Har).log
}
