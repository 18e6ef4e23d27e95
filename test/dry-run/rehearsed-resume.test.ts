import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesIn } from '../support/rehearse.ts'
import { runContext } from '../support/run-context.ts'
import { refusal, simulatedWorld } from '../support/simulated-world.ts'

const flags = ['--no-upload', '--max-retries', '0', '--keep-intermediate']

/** A live run of two chunks (HIGH and LOW 1 to 4, combine 5 and 6) that has ended at its prompt number `refused`, if at any. */
async function liveRun(refused: number) {
  const context = runContext()
  let prompts = 0
  const world = await simulatedWorld((service, http) => (request) => {
    const isPrompt = service === 'comfyui' && request.method === 'POST' && new URL(request.url).pathname === '/prompt'
    if (isPrompt) prompts += 1
    return isPrompt && prompts === refused ? Promise.resolve(refusal()) : http(request)
  })
  const { exitCode, summary } = await context.live(world, flags)
  expect(exitCode).toBe(refused > 6 ? 0 : 1)
  return { context, name: summary.run_name as string }
}

const losses: ReadonlyArray<readonly [string, (path: string) => void]> = [
  ['is whole', () => {}],
  ['is gone', (path) => rmSync(path)],
  ['is cut', (path) => truncateSync(path, statSync(path).size >> 1)],
  ['is empty', (path) => truncateSync(path, 0)],
  ['is a page', (path) => writeFileSync(path, '<html>no</html>')],
]

it.each([3, 4, 6, 7])(
  'leaves a live run that has sent %s prompts as it is, whatever became of its files',
  async (refused) => {
    const { context, name } = await liveRun(refused)
    const { cwd, outputDir } = context
    /** Every file outside the run folders: what is in it, and when it was written. */
    const contents = () =>
      filesIn(cwd)
        .filter((file) => !file.startsWith('temp_dry_run_'))
        .map((file) => [file, readFileSync(join(cwd, file), 'base64'), statSync(join(cwd, file)).mtimeMs])
    const whole = join(cwd, 'whole')
    cpSync(outputDir, whole, { recursive: true, preserveTimestamps: true })
    for (const [what, lose] of losses) {
      for (const folder of ['latents', 'videos', 'references', 'combined', 'final'].map((each) =>
        join(outputDir, each),
      ))
        for (const file of readdirSync(folder)) lose(join(folder, file))
      const before = contents()
      const { exitCode, stderr } = await context.rehearse([...flags, '--resume', name])
      expect(exitCode, `${what}: ${stderr}`).toBe(0)
      expect(contents(), what).toEqual(before)
      rmSync(outputDir, { recursive: true })
      cpSync(whole, outputDir, { recursive: true, preserveTimestamps: true })
    }
  },
)
