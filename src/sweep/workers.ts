import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Answer, Trial, Work } from './worker.ts'

/** A process of its own in which things are tried. One that does not answer is ended, and the next trial gets a new one. */
export interface Worker extends AsyncDisposable {
  /** `hung`: no answer came, and the process was ended. Throws what broke in it. */
  ask(trial: Trial): Promise<Exclude<Answer, { error: string }> | 'hung'>
}

/** Milliseconds of real time after which a trial hangs: each of its lives would have been stopped long before. */
const LIMIT = 200_000

/** Opens one; the process starts with the first trial. */
export function openWorker(work: Work): Worker {
  let child: ChildProcess | null = null
  const start = (): ChildProcess => {
    const started = fork(programFile(), [], {
      cwd: work.cwd,
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    started.send(work)
    return started
  }
  const end = async () => {
    const ending = child
    child = null
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    ending.kill('SIGKILL')
    await once(ending, 'exit')
  }
  return {
    async ask(trial) {
      child ??= start()
      const said = await answerOf(child, trial)
      if (said === 'hung') await end()
      else if ('error' in said) throw new Error(said.error)
      return said
    },
    [Symbol.asyncDispose]: end,
  }
}

async function answerOf(child: ChildProcess, trial: Trial): Promise<Answer | 'hung'> {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), LIMIT)
  try {
    const ended = once(child, 'exit', { signal: limit.signal }).then(() => 'hung' as const)
    const said = once(child, 'message', { signal: limit.signal }).then(([message]) => message as Answer)
    child.send(trial)
    return await Promise.race([ended, said])
  } catch {
    return 'hung'
  } finally {
    clearTimeout(timer)
    limit.abort()
  }
}

/** From src/sweep and from dist/chunks alike. */
function programFile(): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return fileURLToPath(new URL(`../sweep/worker${extension}`, import.meta.url))
}
