import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decoded } from '../support/film.ts'
import { journals } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { refusal, simulatedWorld } from '../support/simulated-world.ts'

/** A live run of two chunks (HIGH and LOW 1 to 4, combine 5 and 6) whose server refuses its prompt number `refused`. */
async function stopped(refused: number, flags: readonly string[], head = (response: Response) => response) {
  const context = runContext()
  let prompts = 0
  const world = await simulatedWorld((service, http) => (request) => {
    const isPrompt = service === 'comfyui' && request.method === 'POST' && new URL(request.url).pathname === '/prompt'
    if (isPrompt) prompts += 1
    if (isPrompt && prompts === refused) return Promise.resolve(refusal())
    return request.method === 'HEAD' ? http(request).then(head) : http(request)
  })
  const first = await context.live(world, ['--no-upload', '--max-retries', '0', ...flags])
  expect(first.exitCode).toBe(1)
  const name: string = first.summary.run_name
  const resume = async (on: typeof world) => {
    const { length } = journals(context.outputDir)[name]!
    const { exitCode, stderr } = await context.live(on, ['--no-upload', ...flags, '--resume', name])
    const started = journals(context.outputDir)
      [name]!.slice(length)
      .filter(({ kind }) => kind === 'job-started')
    return { said: `${exitCode} ${stderr}`, sent: started.map(({ workflow }) => workflow) }
  }
  const clear = (name: string) => rmSync(join(context.outputDir, name), { recursive: true })
  return { resume, world, clear, film: join(context.outputDir, 'final/otter.mp4') }
}

const LOST = '0 warning: otter: ComfyUI has lost files of jobs that were done'

it.each([
  ['a latent', 4, [], `${LOST} (run again: 3; put back from the local copy: 2)\n`, [3, 4, 5, 6], 2],
  ['what has a copy', 4, ['--keep-intermediate'], `${LOST} (put back from the local copy: 2, 3)\n`, [4, 5, 6], 3],
  ['videos and a film', 6, [], `${LOST} (run again: 5; put back from the local copy: 2, 4)\n`, [5, 6], 2],
  // A film is combined again, copy or not.
  ['all', 6, ['--keep-intermediate'], `${LOST} (run again: 5; put back from the local copy: 2, 4)\n`, [5, 6], 2],
])('goes on on a server that has lost %s', async (_, refused, flags, said, sent, uploads) => {
  const { resume, film } = await stopped(refused, flags)
  const empty = await simulatedWorld()
  expect(await resume(empty)).toEqual({ said, sent })
  expect(decoded(film)).toEqual({ frames: 24, width: 64, height: 64, fps: 16 })
  // One for each file with a copy, and one for the reference image of chunk 2 when that is rendered.
  expect(empty.asked.filter((line) => line === 'comfyui POST /upload/image')).toHaveLength(uploads)
})

it('sends nothing twice to a server that has everything', async () => {
  const { resume, world } = await stopped(4, [])
  const before = world.asked.filter((line) => line === 'comfyui POST /upload/image').length
  expect(await resume(world)).toEqual({ said: '0 ', sent: [4, 5, 6] })
  expect(world.asked.filter((line) => line === 'comfyui POST /upload/image').length).toBe(before)
})

it('takes a file whose size a proxy has dropped for the one that it is', async () => {
  const head = ({ status }: Response) => new Response(null, { status })
  const { resume, world } = await stopped(5, [], head)
  const before = world.asked.filter((line) => line === 'comfyui POST /upload/image').length
  expect(await resume(world)).toEqual({ said: '0 ', sent: [5, 6] })
  expect(world.asked.filter((line) => line === 'comfyui POST /upload/image').length).toBe(before)
})

it('takes from the server what was deleted here, and renders nothing again', async () => {
  // The next chunk needs a frame of what was deleted.
  const { resume, world, clear, film } = await stopped(3, [])
  for (const name of ['videos', 'references']) clear(name)
  const said = '0 warning: otter: Local files of jobs that were done are gone (downloaded again: 2)\n'
  expect(await resume(world)).toEqual({ said, sent: [3, 4, 5, 6] })
  expect(decoded(film).frames).toBe(24)
})

it('does not miss what nobody reads any more', async () => {
  const { resume, world, clear, film } = await stopped(6, [])
  for (const name of ['videos', 'references']) clear(name)
  expect(await resume(world)).toEqual({ said: '0 ', sent: [6] })
  expect(decoded(film).frames).toBe(24)
})

it('does again what is gone here and there', async () => {
  const { resume, clear, film } = await stopped(4, [])
  clear('videos')
  const said = `${LOST} (run again: 1, 2, 3)\n`
  expect(await resume(await simulatedWorld())).toEqual({ said, sent: [1, 2, 3, 4, 5, 6] })
  expect(decoded(film).frames).toBe(24)
})
