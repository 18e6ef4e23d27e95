import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'

const files = { 'otter.txt': 'otter\n\n1000\n\nAn otter\n\n\n' }
const plan = (...more: string[]) => callPr(['plan', '--prompt-file', 'otter.txt', ...more], { files })

it('shows what would be rendered, how long it takes, at what price, and what combining costs', async () => {
  const { transcript } = await plan('--gpu', 'RTX 4090', '--price', '0.69')
  await expect(transcript).toMatchFileSnapshot('expected/plan.txt')
})

it('compares GPUs that somebody has published times of', async () => {
  const { transcript } = await plan('--gpus', '--quiet')
  await expect(transcript).toMatchFileSnapshot('expected/plan-gpus.txt')
})

it('says why there is no estimate', async () => {
  const none = async (gpu: string) =>
    (await plan('--gpu', gpu, '--quiet')).stdout.split('\n').find((line) => line.startsWith('Estimate'))
  expect(await none('RTX 4090 Ti')).toBe(
    'Estimate: none: nobody has published times of a GPU called "RTX 4090 Ti" (the nearest names: RTX 4090 D, RTX 5070 Ti, RTX 4090); `pr plan --gpus --prompt-file otter.txt --gpu \'RTX 4090 Ti\'` lists those that are known. The first run of your own gives one',
  )
  expect(await none('RTX PRO 6000')).toMatch(
    /^Estimate: none: nobody has published times of RTX PRO 6000 with such weights, as there are of A100, B200, /,
  )
})

it('says all of it to a program', async () => {
  const { stdout } = await plan('--gpu', 'cuda:0 NVIDIA H100 80GB HBM3 : cudaMallocAsync', '--json', '--price', '3.99')
  const { plans, estimate } = JSON.parse(stdout)
  const span = { low: expect.any(Number), mid: expect.any(Number), high: expect.any(Number) }
  expect(plans.map(({ videoName }: { videoName: string }) => videoName)).toEqual(['otter'])
  expect(estimate).toEqual({
    seconds: span,
    phases: { load: span, text: span, sampling: span, decode: span, combine: span, transfer: null },
    gpu: 'H100',
    from: 'profile',
    reason: expect.stringMatching(/^H100, profile Wan2.2 repository bf16 /),
    usd: { ...span, source: '--price' },
  })
  expect(estimate.seconds.low).toBeLessThan(estimate.seconds.high)
})
