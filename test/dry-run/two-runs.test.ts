import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import type { Json } from '../support/rehearse.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { history, type SimulatedWorld, simulatedWorld } from '../support/simulated-world.ts'

/** A run that keeps its film at home. */
async function live({ live, outputDir }: RunContext, world: SimulatedWorld, ...flags: string[]) {
  const { exitCode, stderr, summary } = await live(world, ['--no-upload', ...flags])
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  return { name: summary.run_name, film: relative(outputDir, summary.videos[0].film) }
}

it('never replaces a finished film, and says before it starts what the next one will be called', async () => {
  const [context, world] = [runContext(), await simulatedWorld()]
  const first = await live(context, world)
  expect(first.film).toBe('final/otter.mp4')
  const film = readFileSync(join(context.outputDir, 'final/otter.mp4'))

  const notice = (name: string) =>
    `  ! final/otter.mp4 is there from another run and stays; this film becomes final/otter_${name}.mp4\n`
  const rehearsed = await context.rehearse(['--seed', '5'])
  const planned = /this film becomes final\/otter_([a-z]+-[a-z]+)\.mp4/.exec(rehearsed.stdout)?.[1]
  expect(rehearsed.stdout).toContain(notice(planned!))
  expect(rehearsed.stdout).toMatch(new RegExp(`otter: done, 24 frames in .*/output/final/otter_${planned}.mp4\n`))

  const second = await live(context, world, '--seed', '5')
  expect(second).toEqual({ name: planned, film: `final/otter_${planned}.mp4` })
  expect(readFileSync(join(context.outputDir, 'final/otter.mp4'))).toEqual(film)
  expect(readFileSync(join(context.outputDir, second.film))).not.toEqual(film)

  // What has its film already gets it again under no other name, unless it is planned otherwise.
  expect(await live(context, world, '--resume', first.name)).toEqual(first)
  expect(await live(context, world, '--resume', first.name, '--seed', '6')).toEqual({
    name: first.name,
    film: `final/otter_${first.name}.mp4`,
  })
  expect(readFileSync(join(context.outputDir, 'final/otter.mp4'))).toEqual(film)
})

it('takes another name when another run ends first', async () => {
  const context = runContext()
  const other = join(context.outputDir, 'final/otter.mp4')
  const world = await simulatedWorld((service, http) => (request) => {
    if (service === 'comfyui' && request.method === 'POST' && request.url.endsWith('/prompt'))
      writeFileSync(other, 'of another run')
    return http(request)
  })
  const { name, film } = await live(context, world)
  expect(film).toBe(`final/otter_${name}.mp4`)
  expect(readFileSync(other, 'utf8')).toBe('of another run')
})

it('never takes the files of an earlier run on the server for its own', async () => {
  const world = await simulatedWorld()
  const first = await live(runContext(), world, '--seed', '7')
  const second = await live(runContext(), world, '--seed', '7')
  expect(second.name).not.toBe(first.name)
  const prompts = Object.values<Json>(await history(world)).map(({ prompt }) => prompt[3].prompt_runner.run)
  for (const { name } of [first, second]) expect(prompts.filter((run) => run === name).length).toBe(6)
})
