import { expect, it } from 'vitest'
import { runContext } from '../../support/run-context.ts'

it('a rehearsal says how long the real run will take on a GPU that is named, and a rehearsal that goes on only what is left', async () => {
  const { rehearse } = runContext()
  const flags = ['--no-upload', '--gpu', 'RTX 4090', '--price', '0.69']
  const { summary, stdout, folder } = await rehearse(flags)
  const { estimate, rehearsal } = summary
  expect(estimate).toMatchObject({ gpu: 'RTX 4090', from: 'profile', took_seconds: null, usd: { source: '--price' } })
  expect(rehearsal.estimate).toEqual({
    gpu_minutes: Math.round((estimate.seconds.mid / 60) * 100) / 100,
    cost_usd: estimate.usd.mid,
    note: expect.stringMatching(
      /^\S+ min on RTX 4090, profile ComfyUI fp8 .* · \$\d\.\d\d–\d\.\d\d at \$0\.69\/h \(--price\)$/,
    ),
  })
  expect(stdout).toContain(`\n*DRY-RUN* Estimate: ${rehearsal.estimate.note}\n`)

  const again = await rehearse([...flags, '--resume', summary.run_name, '--output-dir', folder])
  expect(again.summary.estimate).toBeNull()
  expect(again.summary.rehearsal.estimate.note).toBe('none: nothing is left to be rendered')
})
