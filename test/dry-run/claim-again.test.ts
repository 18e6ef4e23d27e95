import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { journals } from '../support/journals.ts'
import { type RunContext, runContext } from '../support/run-context.ts'
import { promptsSent, type SimulatedWorld, simulatedWorld } from '../support/simulated-world.ts'

const SERVER = 'comfyui POST /upload/image'
const BUCKET = 'gcs PUT /upload/storage/v1/b/films/o'

/** A start that dies when it is about to ask for the first time so, or has been answered. */
async function dies(context: RunContext, world: SimulatedWorld, at: string, answered: boolean): Promise<void> {
  const diesAt = (asked: string, isAnswered: boolean) => asked === at && isAnswered === answered
  await context.start(world, [], { diesAt }).ended
}

async function claimsIn(world: SimulatedWorld): Promise<string[]> {
  const url = 'https://storage.googleapis.com/storage/v1/b/films/o?prefix=june/runs/'
  const answer = await world.send('gcs', new Request(url, { headers: { authorization: 'Bearer test' } }))
  const { items = [] } = (await answer.json()) as { items?: ReadonlyArray<{ name: string }> }
  return items.map(({ name }) => name)
}

it.each([
  ['the server was asked', SERVER, false],
  ['the server has answered', SERVER, true],
  ['the bucket was asked', BUCKET, false],
  ['the bucket has answered', BUCKET, true],
])('takes the name that an earlier start has claimed, which died when %s', async (_, at, answered) => {
  const [context, world] = [runContext(), await simulatedWorld()]
  await dies(context, world, at, answered)
  expect([promptsSent(world), Object.keys(journals(context.outputDir))]).toEqual([0, []])
  const { exitCode, stderr } = await context.start(world).ended
  expect([exitCode, stderr]).toEqual([0, ''])
  const [name] = Object.keys(journals(context.outputDir))
  expect(await claimsIn(world)).toEqual([`june/runs/${name}/claim_001.json`])
  expect(context.files().filter((file) => file.endsWith('.claim'))).toEqual([])
})

it('takes another name from another folder, for nobody there knows that the start is dead', async () => {
  const world = await simulatedWorld()
  await dies(runContext(), world, BUCKET, true)
  const context = runContext()
  expect((await context.start(world).ended).exitCode).toBe(0)
  const [name] = Object.keys(journals(context.outputDir))
  const claims = await claimsIn(world)
  expect(claims).toHaveLength(2)
  expect(claims).toContain(`june/runs/${name}/claim_001.json`)
})

it('takes no claim that cannot be read, or is of another run, for its own', async () => {
  const [context, world] = [runContext(), await simulatedWorld()]
  await dies(context, world, BUCKET, true)
  const [claim = ''] = context.files().filter((file) => file.endsWith('.claim'))
  for (const text of ['', '{"run_name": "another"}\n']) {
    writeFileSync(join(context.outputDir, claim), text)
    expect((await context.start(world).ended).exitCode).toBe(0)
    expect(Object.keys(journals(context.outputDir))).not.toContain(claim.slice('state/'.length, -'.claim'.length))
    expect(existsSync(join(context.outputDir, claim))).toBe(true)
  }
})
