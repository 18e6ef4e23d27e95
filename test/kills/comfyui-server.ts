import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loseFiles } from './kept-files.ts'

export interface ComfyuiOptions {
  /** Where its files lie. */
  readonly folder: string
  /** A file that gets a line for each prompt that it takes. */
  readonly prompts: string
  /** The act that it does not live to see; null: none. */
  readonly killAt: number | null
}

/** A ComfyUI that may die, and is then started again at the same address. */
export interface ComfyuiServer extends AsyncDisposable {
  readonly url: string
  /** How often it has died. */
  readonly deaths: () => number
  /** What the one that lives has done. */
  acts(): Promise<number>
  /** Workflow numbers of the prompts that it took from a run, in order. */
  promptsOf(run: string): readonly number[]
}

/** Starts it. `onDeath` is told before it is started again; with `losesFiles` it then finds an empty disk. */
export async function startComfyui(
  options: ComfyuiOptions,
  { losesFiles = false, onDeath = () => {} }: { losesFiles?: boolean; onDeath?: () => void } = {},
): Promise<ComfyuiServer> {
  let deaths = 0
  let isOver = false
  let child: ChildProcess
  const start = async (port: number, killAt: number | null): Promise<number> => {
    const facts = JSON.stringify({ ...options, killAt, port })
    child = spawn(process.execPath, [fileURLToPath(new URL('comfyui-process.ts', import.meta.url)), facts], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const [said] = await once(child, 'message')
    child.once('exit', () => {
      if (isOver) return
      deaths += 1
      onDeath()
      if (losesFiles) loseFiles(options.folder)
      void start(said.port, null)
    })
    return said.port
  }
  const port = await start(0, options.killAt)
  return {
    url: `http://127.0.0.1:${port}`,
    deaths: () => deaths,
    async acts() {
      child.send('acts')
      const [said] = await once(child, 'message')
      return said.acts
    },
    promptsOf(run) {
      if (!existsSync(options.prompts)) return []
      const lines = readFileSync(options.prompts, 'utf8').split('\n').slice(0, -1)
      return lines.map((line) => JSON.parse(line)).flatMap((each) => (each.run === run ? [each.workflow] : []))
    },
    async [Symbol.asyncDispose]() {
      isOver = true
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
