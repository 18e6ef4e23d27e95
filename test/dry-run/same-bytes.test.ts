import { expect, it } from 'vitest'
import { promptFile, rehearse } from '../support/rehearse.ts'
import { contents } from '../support/run-contents.ts'

const env = { SOURCE_DATE_EPOCH: '1767225600' }

it('gives identical bytes for the same command at the same time, wherever it runs', async () => {
  const [first, second] = [await rehearse([], { env }), await rehearse([], { env })]
  expect(contents(second)).toEqual(contents(first))
  expect(second.stdout.replaceAll(second.cwd, '')).toBe(first.stdout.replaceAll(first.cwd, ''))
})

it('gives identical bytes with two videos, a pod and everything kept', async () => {
  const files = { 'prompt_files/a.txt': promptFile('heron', 80), 'prompt_files/b.txt': promptFile('otter', 120) }
  const options = { files, env: { ...env, RUNPOD_POD_ID: 'pod-1', RUNPOD_API_KEY: 'rpa_ABCDEFGHIJKLMNOP' } }
  const flags = ['--keep-intermediate', '--force-shutdown']
  const [first, second] = [await rehearse(flags, options), await rehearse(flags, options)]
  expect(first.exitCode).toBe(0)
  expect(contents(second)).toEqual(contents(first))
})

it('gives the run another name when the work is another', async () => {
  const name = async (frames: number) =>
    (await rehearse([], { files: { 'prompt_files/a.txt': promptFile('heron', frames) }, env })).summary.run_name
  expect(await name(17)).not.toBe(await name(33))
})
