import { writeFileSync } from 'node:fs'
import type { Templates } from '../domain/bindings.ts'
import type { RunPlace } from '../report/html/read-run-files.ts'
import type { RunOutput } from './run-host.ts'

/** Writes the page of a run, and gives its path. A run is worth more than what is said of it: what goes wrong here is warned of. Null: there is none. */
export async function keepReport(
  path: string,
  place: RunPlace,
  templates: Templates,
  output: RunOutput,
): Promise<string | null> {
  try {
    // Nothing else of the program needs it.
    const { writtenReport } = await import('./written-report.ts')
    writeFileSync(path, await writtenReport(place, async () => templates))
    return path
  } catch (error) {
    output.warn(`The report ${path} cannot be made: ${(error as Error).message}`)
    return null
  }
}
