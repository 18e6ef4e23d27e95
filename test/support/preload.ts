import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './rehearse.ts'

/**
 * An environment that makes `pr` run `code` once, in its own process, as soon as the run folder in its working directory holds
 * that many workflows: the simulated network is in place then, and the run is under way.
 */
export function duringTheRun(code: string, workflows = 1): { NODE_OPTIONS: string } {
  const module = join(temporaryFolder(), 'preload.mjs')
  writeFileSync(
    module,
    `import { readdirSync } from 'node:fs'
    const timer = setInterval(() => {
      const folder = readdirSync('.').find((name) => name.startsWith('temp_dry_run_'))
      if (!folder || readdirSync(folder + '/workflows').length < ${workflows}) return
      clearInterval(timer)
      ${code}
    }, 1)
    timer.unref()
    `,
  )
  return { NODE_OPTIONS: `--import ${module}` }
}
