import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { callPr } from './call-pr.ts'
import { newFolder } from './run-pr.ts'

const example = readFileSync(new URL('../../fixtures/prompt_files/example.txt', import.meta.url), 'utf8')

it('writes an example that says what to do next', async () => {
  const { cwd, transcript } = await callPr(['init'])
  await expect(transcript).toMatchFileSnapshot('expected/init.txt')
  expect(readFileSync(join(cwd, 'prompt_files/example.txt'), 'utf8')).toBe(example)
  await expect(readFileSync(join(cwd, 'pr.config.yaml'), 'utf8')).toMatchFileSnapshot('expected/pr.config.yaml.txt')
})

it('names itself as it was called', async () => {
  const { stdout } = await callPr(['init'], { env: { npm_lifecycle_event: 'pr' } })
  expect(stdout).toContain('Next: `npm run pr -- --dry-run` rehearses it')
  // There `npm run` would go back to the folder of the package.
  const there = await callPr(['init', 'it is'], { env: { npm_lifecycle_event: 'pr' } })
  expect(there.stdout).toMatch(/^Next: `cd 'it is' && (?!npm).* --dry-run` rehearses it/m)
})

it('writes a configuration file that changes nothing', async () => {
  const cwd = newFolder()
  const before = await callPr(['--show-settings'], { cwd })
  await callPr(['init'], { cwd })
  expect((await callPr(['--show-settings'], { cwd })).stdout).toBe(before.stdout)
})

it('writes a configuration file whose lines all work once their # is gone', async () => {
  const { cwd } = await callPr(['init'])
  const text = readFileSync(join(cwd, 'pr.config.yaml'), 'utf8').replaceAll(/^#(\w+:)/gm, '$1')
  const values = Object.entries(parseDocument(text).toJS()).filter(
    ([, value]) => typeof value !== 'string' || !/^[A-Z-]+$/.test(value),
  )
  const files = { 'pr.config.json': JSON.stringify(Object.fromEntries(values)) }
  expect((await callPr(['--show-settings'], { files })).exitCode).toBe(0)
})

it('makes the folder it is given', async () => {
  const { cwd, transcript } = await callPr(['init', 'films/otter'])
  await expect(transcript).toMatchFileSnapshot('expected/init-folder.txt')
  expect(readFileSync(join(cwd, 'films/otter/prompt_files/example.txt'), 'utf8')).toBe(example)
})

it('never overwrites, and then writes nothing at all', async () => {
  const { cwd, transcript } = await callPr(['init'], { files: { 'pr.config.yaml': 'width: 640\n' } })
  await expect(transcript).toMatchFileSnapshot('expected/init-again.txt')
  expect(readFileSync(join(cwd, 'pr.config.yaml'), 'utf8')).toBe('width: 640\n')
  expect(() => readFileSync(join(cwd, 'prompt_files/example.txt'))).toThrow('ENOENT')
})

it('overwrites with --force and reports as JSON', async () => {
  const { transcript } = await callPr(['init', '--force', '--json'], { files: { 'pr.config.yaml': 'width: 640\n' } })
  await expect(transcript).toMatchFileSnapshot('expected/init-force.txt')
})
