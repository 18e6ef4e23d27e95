import { spawn } from 'node:child_process'

export interface Measured {
  /** From spawn to exit, milliseconds. */
  readonly wallMs: number
  /** Peak resident memory of the process, MB, as the kernel counted it. */
  readonly peakMb: number
  readonly stdout: string
}

/** Runs Node with these arguments, started directly (not through npm), and measures the whole process. Throws on a non-zero exit, unless that is to be expected. */
export async function runProcess(
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; mayFail?: boolean } = {},
): Promise<Measured> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', usageReporter, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const output = [1, 2, 3].map((index) => collect(child.stdio[index] as NodeJS.ReadableStream))
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
  const wallMs = performance.now() - started
  const [stdout = '', stderr, usage] = await Promise.all(output)
  if (code !== 0 && !options.mayFail)
    throw new Error(`node ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
  return { wallMs, peakMb: Number(usage) / 1024, stdout }
}

/** The runs in turn (A B A B …), so that a change of the machine's speed meets all of them; medians of `rounds` rounds after one to warm up. */
export async function medians(
  commands: ReadonlyArray<readonly string[]>,
  rounds: number,
  cwd: string,
): Promise<Measured[]> {
  const results: Measured[][] = commands.map(() => [])
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const measured = await runProcess(command, { cwd })
      if (round > 0) results[index]!.push(measured)
    }
  }
  return results.map((runs) => runs.toSorted((a, b) => a.wallMs - b.wallMs)[Math.floor(runs.length / 2)]!)
}

// Writes the process's own peak memory (KiB) to descriptor 3 at its end; costs one small module, the same for every command.
const usageReporter = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)))",
)}`

async function collect(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += chunk
  return text
}
