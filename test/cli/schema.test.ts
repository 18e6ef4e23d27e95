import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import * as z from 'zod'
import { callPr } from './call-pr.ts'

const schemaOf = async (name: string) => JSON.parse((await callPr(['schema', name])).stdout)

it('describes every key of a prompt file', async () => {
  const schema = await schemaOf('prompt')
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('expected/prompt-schema.txt')
  const check = z.fromJSONSchema(schema)
  const film = { video_name: 'otter', total_frames: 20, positive_prompt: 'An otter.' }
  const checked = (more: object) => check.safeParse({ ...film, ...more }).success
  const whole = { seed: 7, width: 832, height: 480, fps: 23.976, steps: 8, cfg: 3.5, frames_per_chunk: 81 }
  expect(checked({ ...whole, negative_prompt: '', reference_image: 'a.png', loras: { high: 'a.safetensors' } })).toBe(
    true,
  )
  const wrong = [{ width: 500 }, { total_frames: '20' }, { steps: 1 }, { frame_per_chunk: 81 }, { loras: { mid: 'a' } }]
  expect(wrong.map(checked)).toEqual(wrong.map(() => false))
})

it('describes every key of a configuration file, and takes what pr init writes', async () => {
  const check = z.fromJSONSchema(await schemaOf('config'))
  const { cwd } = await callPr(['init'])
  const text = readFileSync(join(cwd, 'pr.config.yaml'), 'utf8')
  const values = Object.entries(parseDocument(text.replaceAll(/^#(\w+:)/gm, '$1')).toJS()).filter(
    // What has no default is shown by what it is called.
    ([, value]) => typeof value !== 'string' || !/^[A-Z-]+$/.test(value),
  )
  const errors = check.safeParse(Object.fromEntries(values)).error?.issues ?? []
  expect([values.length > 25, errors]).toEqual([true, []])
  expect(check.safeParse({ combine: 'twice' }).success).toBe(false)
  expect(check.safeParse({ widht: 480 }).success).toBe(false)
})

it('writes examples that nobody will regret, each with the schema that checks it', async () => {
  const { cwd } = await callPr(['init'])
  const { exitCode, stdout, stderr } = await callPr(['validate', '--strict'], { cwd })
  expect([exitCode, stderr, stdout.split('\n')[0]]).toEqual([
    0,
    '',
    expect.stringMatching(/^Valid: checked 2 prompt files, /),
  ])
  const plan = await callPr(['plan'], { cwd })
  expect(plan.stdout.split('\n').filter((line) => line.trim().startsWith('!'))).toEqual([])
  const first = (path: string) => readFileSync(join(cwd, path), 'utf8').split('\n')[0]
  expect(first('prompt_files/harbour.yaml')).toBe('# yaml-language-server: $schema=prompt.schema.json')
  expect(first('pr.config.yaml')).toBe('# yaml-language-server: $schema=pr.config.schema.json')
  for (const [path, name] of [
    ['prompt_files/prompt.schema.json', 'prompt'],
    ['pr.config.schema.json', 'config'],
  ] as const)
    expect(JSON.parse(readFileSync(join(cwd, path), 'utf8'))).toEqual(await schemaOf(name))
})

it.each([[['schema']], [['schema', 'film']]])('refuses %j', async (args) => {
  const { exitCode, stderr } = await callPr(args)
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('hint: give one of prompt, config')])
})
