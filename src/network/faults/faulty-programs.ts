import { parseExtractFrame, parseJoin, parseProbe } from '../../domain/ffmpeg-arguments.ts'
import type { Clock } from '../../simulators/simulator.ts'
import { can, type Due, type FaultPlan } from './fault-plan.ts'
import type { Anchor } from './grammar/anchors.ts'
import type { World } from './world.ts'

interface Finished {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

type Run = (
  command: string,
  args: readonly string[],
  options?: { signal?: AbortSignal | undefined },
) => Promise<Finished>

/** How ffmpeg and ffprobe are run, with the faults that happen at that. */
export function faultyPrograms(run: Run, { plan, world, clock }: { plan: FaultPlan; world: World; clock: Clock }): Run {
  return async (command, args, options) => {
    const due = plan.due(anchorsOf(args), can.program)
    const perform = async ({ do: action }: Due): Promise<Finished | null> => {
      if (action.kind === 'fail') return failed(action.exit ?? 1, action.saying ?? `${command}: simulated fault`)
      if (action.kind === 'diskFull') return failed(1, 'av_interleaved_write_frame(): No space left on device')
      if (action.kind === 'hang' && action.pause === null) return aborted(options?.signal)
      if (action.kind === 'delay' || action.kind === 'hang') await clock.sleep(action.pause ?? 0)
      else await world.act(action, 'comfyui')
      return null
    }
    const first = async (after: boolean) => {
      for (const fault of due.filter((one) => one.after === after)) {
        const finished = await perform(fault)
        if (finished) return finished
      }
      return null
    }
    return (await first(false)) ?? (await ran(run(command, args, options), first))
  }
}

/** What a program left behind, unless a fault happens after it. */
async function ran(running: Promise<Finished>, first: (after: boolean) => Promise<Finished | null>): Promise<Finished> {
  const finished = await running
  return (await first(true)) ?? finished
}

function failed(exitCode: number, said: string): Finished {
  return { exitCode, stdout: '', stderr: `${said}\n` }
}

/** Nothing ends a program that hangs but who waits for it. */
async function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}

/** The names of files tell chunks and films apart, see `config/layout`. */
function anchorsOf(args: readonly string[]): Anchor[] {
  if (parseJoin(args)) return [{ kind: 'filmProgram', program: 'ffmpeg' }]
  const extracted = parseExtractFrame(args)
  const program = extracted ? 'ffmpeg' : 'ffprobe'
  const file = extracted?.png ?? parseProbe(args) ?? ''
  const chunk = /_chunk_0*(\d+)(?:_reference\.png|\.mp4)$/.exec(file)?.[1]
  const isFilm = /_combine_\d+\.mp4$/.test(file)
  return [
    { kind: 'program', program, chunk: chunk === undefined ? null : Number(chunk) },
    ...(isFilm ? [{ kind: 'filmProgram', program } as const] : []),
  ]
}
