import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { canonicalHar } from '../../src/recording/canonical-har.ts'
import { promptFile, type Rehearsed, rehearse } from '../support/rehearse.ts'

const env = { SOURCE_DATE_EPOCH: '1767225600' }

/** Every file of a run folder as text that two runs can be compared by; the folder's own path is all that may differ. */
function contents(run: Rehearsed): Record<string, string> {
  return Object.fromEntries(
    run.files.map((file) => {
      const bytes = readFileSync(join(run.folder, file))
      if (file === 'traffic.har') return [file, JSON.stringify(canonicalHar(JSON.parse(bytes.toString())), null, 1)]
      const isText = /\.(json|jsonl|log)$/.test(file)
      return [file, isText ? bytes.toString().replaceAll(run.cwd, '<cwd>') : bytes.toString('base64')]
    }),
  )
}

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
