import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat, writeFile } from 'node:fs/promises'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import * as z from 'zod'
import { concatList, extractFrameArguments, joinArguments, probeArguments } from '../domain/ffmpeg-arguments.ts'
import { quoted } from '../domain/shell-word.ts'
import { counted } from '../domain/wording.ts'
import { PromptRunnerError } from '../errors.ts'
import type { MediaClient, MediaInfo, RunProgram } from './clients.ts'

interface MediaOptions {
  /** Programs: paths, or names to be found on PATH. */
  readonly ffmpeg: string
  readonly ffprobe: string
  readonly run?: RunProgram
}

/** Reads videos with ffmpeg and ffprobe, any release since 4.0. All errors are PR_FFMPEG. */
export function createMediaClient({ ffmpeg, ffprobe, run = runProgram }: MediaOptions): MediaClient {
  return {
    async extractFrame(video, frame, png, signal) {
      // An older picture must not pass for the one that is asked for.
      await rm(png, { force: true })
      const task = `frame ${frame} of ${video}`
      await execute(
        run,
        { program: ffmpeg, option: '--ffmpeg', task },
        extractFrameArguments({ video, frame, png }),
        signal,
      )
      const written = await stat(png).catch(() => null)
      if (written?.size) return
      throw new PromptRunnerError('PR_FFMPEG', `${task} cannot be extracted: the video has no such frame`, {
        hint: 'the video is shorter than planned: look at it, then render its chunk again',
      })
    },
    async join(videos, film, signal) {
      const list = `${film.film}.txt`
      await writeFile(list, concatList(videos.map((path) => resolve(path))))
      const task = `joining ${counted(videos.length, 'video')} into ${film.film}`
      const what = { program: ffmpeg, option: '--ffmpeg', task, outcome: 'failed' } as const
      await execute(run, what, joinArguments({ ...film, list }), signal)
      // Where it fails the list stays, for the command that the error names.
      await rm(list)
    },
    async probe(video, signal) {
      const task = `the frames of ${video}`
      const stdout = await execute(run, { program: ffprobe, option: '--ffprobe', task }, probeArguments(video), signal)
      return mediaInfo(video, stdout)
    },
  }
}

interface Task {
  readonly program: string
  readonly option: '--ffmpeg' | '--ffprobe'
  readonly task: string
  /** Of the task, when the program fails. */
  readonly outcome?: string
}

async function execute(run: RunProgram, what: Task, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { program, option, task, outcome = 'cannot be read' } = what
  try {
    const { exitCode, stdout, stderr } = await run(program, args, { signal })
    if (exitCode === 0) return stdout
    const said = stderr.trim().split('\n').at(-1)
    const end = `ended with ${exitCode}${said ? `: ${said}` : ''}`
    throw new PromptRunnerError('PR_FFMPEG', `${task} ${outcome}: ${program} ${end}`, {
      hint: `is the file a whole video? try: ${[program, ...args].map(quoted).join(' ')}`,
      isFileLost: true,
    })
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof PromptRunnerError) throw error
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new PromptRunnerError('PR_FFMPEG', `${task} ${outcome}: ${program} cannot be started (${reason})`, {
      hint: `install ffmpeg (apt-get install ffmpeg, brew install ffmpeg), or say where it is with ${option}`,
      cause: error,
    })
  }
}

function mediaInfo(video: string, stdout: string): MediaInfo {
  const [stream] = streamsIn(video, stdout)
  if (stream === undefined) throw new PromptRunnerError('PR_FFMPEG', `${video} has no video stream`)
  const [frames, seconds] = stream.r_frame_rate.split('/').map(Number)
  return {
    frames: Number(stream.nb_read_packets),
    fps: frames! / (seconds ?? 1),
    width: stream.width,
    height: stream.height,
  }
}

/** Of a file that was cut off, ffprobe tells the size and leaves out the count without a word. */
function streamsIn(video: string, stdout: string): z.infer<typeof Probe>['streams'] {
  try {
    return Probe.parse(JSON.parse(stdout)).streams
  } catch {
    throw new PromptRunnerError(
      'PR_FFMPEG',
      `the frames of ${video} cannot be counted: ffprobe finds none that is whole`,
      {
        hint: 'the file was cut off or damaged: render it again, or give another one',
        isFileLost: true,
      },
    )
  }
}

const Probe = z.object({
  streams: z.array(
    z.object({ width: z.number(), height: z.number(), r_frame_rate: z.string(), nb_read_packets: z.string() }),
  ),
})

/** Runs a program for real; one that is stopped by a signal ends with 128 and its number, as in a shell. Throws when it cannot be started. */
export const runProgram: RunProgram = async (command, args, { signal } = {}) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], killSignal: 'SIGKILL', signal })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  const [exitCode, by]: [number | null, NodeJS.Signals] = (await once(child, 'close')) as never
  return { exitCode: exitCode ?? 128 + constants.signals[by], stdout, stderr }
}
