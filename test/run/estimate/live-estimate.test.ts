import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from '../../cli/call-pr.ts'
import { journals } from '../../support/journals.ts'
import { runContext } from '../../support/run-context.ts'
import { simulatedWorld } from '../../support/simulated-world.ts'

it('is estimated before it asks, corrected after two steps, compared at the end, and a measure of the next one', async () => {
  const world = await simulatedWorld()
  const context = runContext()
  const said: string[] = []
  const onSaid = (text: string) => void said.push(text)
  const flags = ['--no-upload', '--gpu', 'RTX 4090', '--price', '0.69']
  expect(await context.start(world, flags, { onSaid }).ended).toMatchObject({ exitCode: 0 })
  const lines = said.join('').split('\n')
  const about = lines.filter((line) => /estimate/i.test(line))
  expect(about).toEqual([
    expect.stringMatching(/^Estimate: \S+ min on RTX 4090, profile ComfyUI fp8 .* at \$0.69\/h \(--price\)$/),
    expect.stringMatching(/^estimate: \S+ s on cpu, by the steps of this run$/),
    expect.stringMatching(/^estimated \d+ s \(\d+ s after two steps\), took \d+ s \([+-]\d+ %\)$/),
  ])
  const [name] = Object.keys(journals(context.outputDir))
  const events = context.journal(name!)
  expect(events.filter(({ kind }) => kind === 'server')).toMatchObject([{ gpu: 'cpu', version: '0.3.64' }])
  const results = events.filter(({ kind }) => kind === 'job-finished').map(({ result }) => result)
  expect(results.slice(0, 4).map(({ phases }) => phases.steps.count)).toEqual([3, 3, 3, 3])
  const { stdout } = await callPr(['runs', '--json', '--output-dir', context.outputDir])
  expect(JSON.parse(stdout).runs).toMatchObject([
    { estimate: { seconds: expect.any(Number), took_seconds: expect.any(Number) } },
  ])
  const again = await context.live(world, ['--no-upload', '--gpu', 'cpu'])
  expect(again.summary.estimate).toMatchObject({ gpu: 'cpu', took_seconds: expect.any(Number) })
  const kept = readFileSync(join(context.outputDir, `state/summary_${again.summary.run_name}.json`), 'utf8')
  expect(JSON.parse(kept)).toEqual(again.summary)
  const second = context.journal(again.summary.run_name)
  expect(second.find(({ kind }) => kind === 'estimate')).toMatchObject({
    from: 'own runs',
    reason: 'cpu, by 1 run of your own',
    phases: { transfer: { mid: expect.any(Number) } },
  })
})
