import { join } from 'node:path'
import { runPr } from '../cli/run-pr.ts'
import type { LiveWorld } from './live-world.ts'
import { filesIn, type Json, promptFile, temporaryFolder } from './rehearse.ts'

/** A folder with one prompt file of two chunks, and small frames. */
export interface LiveFolder {
  readonly outputDir: string
  /** Every file in the output directory. */
  files(): string[]
  /** Runs `pr` live in it, uploading to gs://films/june unless told otherwise. */
  run(
    world: LiveWorld,
    flags?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ exitCode: number; stderr: string; summary: Json }>
}

export function liveFolder(): LiveFolder {
  const cwd = temporaryFolder({ 'prompt_files/otter.txt': promptFile('otter', 24) })
  const outputDir = join(cwd, 'output/prompt-runner')
  const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']
  return {
    outputDir,
    files: () => filesIn(outputDir),
    async run(world, flags = [], env = {}) {
      const args = ['--yes', '--json', ...small, ...flags]
      const { exitCode, stderr, stdout } = await runPr(args, {
        cwd,
        env: { ...world.env, PR_BUCKET: 'gs://films/june', ...env },
      })
      return { exitCode, stderr, summary: stdout === '' ? null : JSON.parse(stdout) }
    },
  }
}
