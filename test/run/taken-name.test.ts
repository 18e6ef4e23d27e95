import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import { runContext } from '../support/run-context.ts'
import { promptsRun, simulatedWorld, stored } from '../support/simulated-world.ts'

it.each([
  ['server', /^comfyui POST \/upload\/image/],
  ['bucket', /^gcs PUT /],
])('takes another name when one that died has claimed its own in the %s, and had no journal yet', async (_, claims) => {
  const world = await simulatedWorld()
  const context = runContext()
  const diesAt = (asked: string, isAnswered: boolean) => isAnswered && claims.test(asked)
  await context.start(world, [], { diesAt }).ended
  expect(journals(context.outputDir)).toEqual({})
  expect(context.files()).toEqual([expect.stringMatching(/^state\/[a-z]+-[a-z]+\.claim$/)])
  const { exitCode, stderr, summary } = await context.live(world)
  expect(`${exitCode} ${stderr}`).toBe('0 ')
  expect(context.files().filter((file) => file.endsWith('.claim'))).toEqual([])
  expect(await promptsRun(world)).toBe(6)
  expect(JSON.parse(`${await stored(world, `june/otter/${summary.run_name}/manifest.json`)}`).run_name).toBe(
    summary.run_name,
  )
})

it('stops asking a server that says of each name that it is taken', async () => {
  const world = await simulatedWorld(
    (service, http) => async (request) =>
      service === 'comfyui' && request.method === 'HEAD' ? new Response(null) : http(request),
  )
  const context = runContext()
  const { exitCode, stderr } = await context.start(world, ['--no-upload']).ended
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringMatching(/^PR_STATE: 100 names for this run, to \S+, are taken on http:\/\/127\.0\.0\.1:8188\/\n/),
  ])
  expect(context.files().filter((file) => !file.endsWith('.claim'))).toEqual([])
})
