import { basename } from 'node:path'
import { expect, it, vi } from 'vitest'
import { readPrompts } from '../../src/config/read-prompts.ts'
import { loadTemplates } from '../../src/config/templates.ts'
import { inputDigests } from '../../src/planning/plan-prompts.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/rehearse.ts'

/** Files that are read late, the first of them last. */
let late: readonly string[] = []

/** The real files, a few turns of the event loop later. */
async function turn(path: string): Promise<void> {
  const turns = 50 * (late.length - late.indexOf(basename(path))) * Number(late.includes(basename(path)))
  for (let count = 0; count < turns; count += 1) await new Promise(setImmediate)
}

vi.mock('../../src/files/read-input.ts', async (load) => {
  const real = await load<typeof import('../../src/files/read-input.ts')>()
  return {
    ...real,
    readInput: (path: string) => turn(path).then(() => real.readInput(path)),
    readInputText: (path: string) => turn(path).then(() => real.readInputText(path)),
  }
})

const templates = ['render.json', 'combine.json', 'bindings.yaml']
const prompts = ['b.txt', 'a.txt', 'c.yaml']
const orders = (names: readonly string[]) => [[], names, names.toReversed(), names.slice(0, 1), names.slice(1, 2)]

it.each(orders(templates))(
  'names all templates that a folder lacks in one order, read late: %s %s %s',
  async (...names) => {
    late = names
    expect(await failure(() => loadTemplates('fixtures/prompt_files'))).toEqual({
      code: 'PR_TEMPLATE',
      message: 'The workflow templates cannot be used.',
      hint: 'A folder for --workflows holds render.json, combine.json and bindings.yaml.',
      problems: templates.map((name) => ({ file: `fixtures/prompt_files/${name}`, message: 'There is no such file.' })),
    })
  },
)

it.each(orders(prompts))('names all faulty prompt files in the order given, read late: %s %s %s', async (...names) => {
  late = names
  const folder = temporaryFolder({ 'a.txt': '' })
  const files = prompts.map((name) => `${folder}/${name}`)
  const { problems } = await failure(() => readPrompts({ files, dir: '' }))
  expect(problems?.map(({ file, message }) => [file, message])).toEqual([
    [files[0], 'There is no such file.'],
    [files[1], 'The file is empty.'],
    [files[2], 'There is no such file.'],
  ])
})

it('names both pictures of a film that cannot be read', async () => {
  const prompt = { file: 'a', videoName: 'a', totalFrames: 9, positivePrompt: 'a', negativePrompt: '' }
  const overrides = { referenceImage: '/gone/image.png', controlVideo: '/gone/video.mp4' }
  expect(await failure(() => inputDigests({ ...prompt, overrides }, null))).toEqual({
    code: 'PR_FILE',
    message: [
      "Reading /gone/image.png failed: ENOENT: no such file or directory, open '/gone/image.png'",
      "Reading /gone/video.mp4 failed: ENOENT: no such file or directory, open '/gone/video.mp4'",
    ].join('; '),
  })
})
