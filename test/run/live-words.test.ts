import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesIn } from '../support/folders.ts'
import { hurry } from '../support/hurry.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld } from '../support/simulated-world.ts'

const key = `sk-${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5iJ7kL9mN1oP3'}`

it('keeps no key in journal and summary of a live run that a server repeats, and goes on with it', async () => {
  hurry()
  let isBroken = true
  const world = await simulatedWorld((service, http) => async (request) => {
    const asksPrompt = service === 'comfyui' && request.method === 'POST' && request.url.endsWith('/prompt')
    return asksPrompt && isBroken ? new Response(`no rights for ${key}`, { status: 403 }) : http(request)
  })
  const here = runContext()
  const failed = await here.live(world)
  isBroken = false
  const files = filesIn(failed.cwd).filter((name) => /\.(jsonl|json|html)$/.test(name))
  const holding = files.filter((name) => readFileSync(join(failed.cwd, name), 'utf8').includes(key))
  expect([failed.exitCode, holding]).toEqual([1, []])
  expect(files.filter((name) => /state\/[^/]+\.jsonl$/.test(name))).toHaveLength(1)
  const done = await here.live(world, ['--resume'])
  expect(`${done.exitCode} ${done.stderr}`).toBe('0 ')
})
