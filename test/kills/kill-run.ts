import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { journals } from '../support/journals.ts'
import type { Cloud } from './cloud.ts'
import type { ComfyuiServer } from './comfyui-server.ts'
import { type Remains, remainsOf } from './remains.ts'

/** A run of three chunks with upload: six render jobs and three combine jobs. */
export const JOBS = 9
const flags = [
  '--yes',
  '--json',
  '--width',
  '64',
  '--height',
  '64',
  '--frames-per-chunk',
  '13',
  '--wait-for-server',
  '5m',
]
const prompt = ['otter', '36', 'A heron wades.', ''].join('\n\n')

export interface Outcome {
  /** How often the program was killed. */
  readonly killed: number
  /** What the program did until it ended by itself, the first time. */
  readonly acts: number
  /** Ends by itself: exit codes, with what was said where it is not 0. */
  readonly ends: ReadonlyArray<{ readonly exitCode: number | null; readonly stderr: string }>
  readonly remains: Remains
}

/**
 * Runs the program in a new folder and resumes it until it is done: its life number k ends before act `killAt[k]`; those behind
 * that live on. It may give up `patience` times.
 */
export async function killRun(
  parts: { program: string; folder: string; cloud: Cloud; server: ComfyuiServer },
  killAt: readonly number[] = [],
  patience = 0,
): Promise<Outcome> {
  const { folder, cloud, server } = parts
  const prefix = folder.split('/').at(-1)!
  const outputDir = join(folder, 'out')
  mkdirSync(join(folder, 'prompt_files'), { recursive: true })
  writeFileSync(join(folder, 'prompt_files/otter.txt'), prompt)
  const ends: Array<Outcome['ends'][number]> = []
  let killed = 0
  for (let life = 0; ; life += 1) {
    const name = begun(outputDir)
    const end = await live(parts, {
      args: [...flags, '--output-dir', outputDir, ...(name === null ? [] : ['--resume', name])],
      env: { ...cloud.env, COMFYUI_URL: server.url, PR_BUCKET: `gs://films/${prefix}` },
      killAt: killAt[life],
    })
    if (end.isKilled) killed += 1
    else ends.push({ exitCode: end.exitCode, stderr: end.exitCode === 0 ? '' : end.stderr })
    if (!end.isKilled && (end.exitCode === 0 || ends.length > patience)) break
  }
  const counted = join(folder, 'acts')
  return {
    killed,
    acts: existsSync(counted) ? Number(readFileSync(counted, 'utf8')) : 0,
    ends,
    remains: await remainsOf(outputDir, begun(outputDir), cloud.objects(prefix), server),
  }
}

/** The run that there is to go on with. */
function begun(outputDir: string): string | null {
  return Object.keys(journals(outputDir))[0] ?? null
}

async function live(
  { program, folder }: { program: string; folder: string },
  { args, env, killAt }: { args: readonly string[]; env: Readonly<Record<string, string>>; killAt: number | undefined },
) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      TMPDIR: process.env['TMPDIR'],
      TZ: 'UTC',
      ...env,
      NODE_OPTIONS: `${env['NODE_OPTIONS']} --import ${fileURLToPath(new URL('kill-at.ts', import.meta.url))}`,
      KILL_AT: String(killAt ?? 0),
      KILL_COUNT: join(folder, 'acts'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said = text(child.stderr)
  const [exitCode, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  return { exitCode, isKilled: signal === 'SIGKILL', stderr: await said }
}
