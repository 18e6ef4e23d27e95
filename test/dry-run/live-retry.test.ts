import { expect, it } from 'vitest'
import { hurry } from '../support/hurry.ts'
import { journals } from '../support/journals.ts'
import type { Json } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { simulatedWorld } from '../support/simulated-world.ts'

/** A live run on a ComfyUI that accepts the first `many` prompts and then knows nothing of them, as one that was restarted. */
async function forgetting(many: number, ...flags: string[]) {
  hurry()
  const context = runContext()
  let accepted = 0
  const world = await simulatedWorld((service, http) => async (request) => {
    const isPrompt = service === 'comfyui' && request.method === 'POST' && new URL(request.url).pathname === '/prompt'
    if (!isPrompt) return http(request)
    accepted += 1
    if (accepted > many) return http(request)
    const { prompt_id }: Json = await request.json()
    return Response.json({ prompt_id, number: accepted, node_errors: {} })
  })
  const run = await context.live(world, ['--no-upload', ...flags])
  const events = journals(context.outputDir)[run.summary.run_name]!
  const sent = events.filter(({ kind }) => kind === 'job-started')
  return {
    ...run,
    first: sent[0].promptId as string,
    sent: sent.map(({ workflow, attempt }) => `${workflow}.${attempt}`),
  }
}

const lost = (id: string) => `PR_COMFY_LOST: prompt ${id} is neither in the history nor in the queue of ComfyUI`

it('sends a prompt that the server has lost once more', async () => {
  const run = await forgetting(1)
  expect(run.exitCode).toBe(0)
  expect(run.stderr).toBe(`warning: job 1/6 high chunk 1  failed: ${lost(run.first)} (attempt 1, trying again)\n`)
  expect(run.sent).toEqual(['1.1', '1.2', '2.1', '3.1', '4.1', '5.1', '6.1'])
  expect(run.summary.jobs).toMatchObject({ done: 6, failed_attempts: 1 })
})

it('gives up after --max-retries', async () => {
  const run = await forgetting(9, '--max-retries', '1')
  expect(run.exitCode).toBe(1)
  expect(run.sent).toEqual(['1.1', '1.2'])
  expect(run.stderr).toContain('(attempt 1, trying again)\n')
  expect(run.stderr).toContain('(attempt 2)\n')
  expect(run.summary.failures[0].problems[0]).toMatchObject({
    file: 'otter',
    message: expect.stringMatching(/^PR_COMFY_LOST: /),
    hint: 'the server was restarted, or somebody deleted the prompt: submit the job again',
  })
})
