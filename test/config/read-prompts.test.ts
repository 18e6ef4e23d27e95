import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readPrompts } from '../../src/config/read-prompts.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const folder = 'fixtures/prompt_files'
const NAME_HINT = 'The name becomes a folder and an object name: use letters, digits, spaces, "_", "-" and single dots.'

it('reads all prompt files of a folder in the order of their names', async () => {
  expect(await readPrompts({ files: [], dir: `${folder}/films` })).toEqual([
    {
      file: `${folder}/films/dunes.yaml`,
      videoName: 'dunes',
      totalFrames: 162,
      positivePrompt: 'Endless dunes at noon, slow pan to the right.\n\nWind draws thin veils of sand from the crests.',
      negativePrompt: 'blurry',
      overrides: {
        seed: 41,
        width: 832,
        height: 480,
        fps: 16,
        steps: 20,
        cfg: 3.5,
        framesPerChunk: 81,
        referenceImage: `${folder}/films/dunes.png`,
        controlVideo: `${folder}/films/pan.mp4`,
        loras: { high: 'dunes_high.safetensors' },
      },
      lines: {
        seed: 8,
        width: 9,
        height: 10,
        fps: 11,
        steps: 12,
        cfg: 13,
        framesPerChunk: 14,
        referenceImage: 15,
        controlVideo: 16,
        loras: 17,
      },
    },
    {
      file: `${folder}/films/harbour.txt`,
      videoName: 'harbour',
      totalFrames: 73,
      positivePrompt:
        'A small harbour in the early morning.\n\nFishing boats rock at their moorings, steam rises from the water.',
      negativePrompt: '',
      overrides: {},
    },
  ])
})

it('reads the example', async () => {
  const [example] = await readPrompts({ files: [`${folder}/example.txt`], dir: 'unused' })
  expect([example?.videoName, example?.totalFrames, example?.overrides]).toEqual(['lighthouse', 500, {}])
})

it('reports every problem of every file in one pass', async () => {
  const at = (name: string) => `${folder}/faulty/${name}`
  expect(await failure(() => readPrompts({ files: [], dir: `${folder}/faulty` }))).toEqual({
    code: 'PR_PROMPT_FILE',
    message: 'Reading 7 prompt files found 16 problems in 7 files.',
    problems: [
      { file: at('keys.yaml'), line: 1, message: 'video_name must be text; put it in quotes.', value: 2024 },
      { file: at('keys.yaml'), line: 1, message: 'total_frames is missing.' },
      {
        file: at('keys.yaml'),
        line: 2,
        message: 'total_frame is not known here. Did you mean "total_frames"?',
        value: 500,
      },
      { file: at('keys.yaml'), line: 3, message: 'positive_prompt is empty.', value: '' },
      { file: at('keys.yaml'), line: 4, message: 'widht is not known here. Did you mean "width"?', value: 480 },
      { file: at('keys.yaml'), line: 5, message: 'steps must be a number.', value: 'many' },
      {
        file: at('keys.yaml'),
        line: 6,
        message: 'seed must be a whole number from 0 to 9007199254740991.',
        value: 9007199254740994,
      },
      {
        file: at('keys.yaml'),
        line: 8,
        message: 'loras.hihg is not known here. Did you mean "high"?',
        value: 'a.safetensors',
      },
      {
        file: at('list.yml'),
        line: 1,
        message: 'The file must be a mapping of keys to values.',
        value: ['dunes', 500],
      },
      {
        file: at('name-and-frames.txt'),
        line: 1,
        message: 'The video name contains a path separator.',
        value: 'dunes/one',
        hint: NAME_HINT,
      },
      {
        file: at('name-and-frames.txt'),
        line: 3,
        message: 'The total of frames must be a whole number from 1 to 1000000.',
        value: '500 frames',
        hint: 'The second block is a number alone, for example 500: at 16 fps that is 31 seconds.',
      },
      {
        file: at('paths.yaml'),
        line: 4,
        message: 'reference_image names a file that does not exist.',
        value: 'missing.png',
        hint: `Paths are relative to the prompt file; looked for ${at('missing.png')}.`,
      },
      {
        file: at('paths.yaml'),
        line: 5,
        message: 'control_video names a file that does not exist.',
        value: 'missing.mp4',
        hint: `Paths are relative to the prompt file; looked for ${at('missing.mp4')}.`,
      },
      { file: at('tabs.yaml'), line: 2, message: 'This is not YAML: Tabs are not allowed as indentation.' },
      { file: at('twice.yaml'), line: 2, message: 'A key stands twice in one mapping.', value: 'video_name' },
      { file: at('utf-16.txt'), message: 'The file is not UTF-8 text.', hint: 'Save it as UTF-8 in the editor.' },
    ],
  })
})

it('refuses two files with one video name, also in another case', async () => {
  expect(await failure(() => readPrompts({ files: [], dir: `${folder}/same-name` }))).toEqual({
    code: 'PR_PROMPT_FILE',
    message: 'Reading 2 prompt files found 1 problem in 1 file.',
    problems: [
      {
        file: `${folder}/same-name/two.yaml`,
        message: `The video name is already used by ${folder}/same-name/one.txt.`,
        value: 'Film',
        hint: 'Give each prompt file a video name of its own.',
      },
    ],
  })
})

it('refuses a file that is missing and one of another kind', async () => {
  const files = [`${folder}/missing.txt`, `${folder}/films/dunes.png`, `${folder}/films.txt/`]
  expect(await failure(() => readPrompts({ files, dir: folder }))).toEqual({
    code: 'PR_PROMPT_FILE',
    message: 'Reading 3 prompt files found 3 problems in 3 files.',
    problems: [
      { file: files[0], message: 'There is no such file.' },
      {
        file: files[1],
        message: 'The kind of the file cannot be told by its name.',
        value: '.png',
        hint: 'A prompt file ends in .txt, .yaml or .yml.',
      },
      { file: files[2], message: 'There is no such file.' },
    ],
  })
})

it('names pr init when there is nothing to render', async () => {
  const hint = 'Run `pr init` to write an example prompt file, or name one with --prompt-file FILE.'
  expect(await failure(() => readPrompts({ files: [], dir: `${folder}/none` }))).toEqual({
    code: 'PR_NO_PROMPTS',
    message: `There is no folder ${folder}/none, and no --prompt-file was given: there is nothing to render.`,
    hint,
  })
  expect(await failure(() => readPrompts({ files: [], dir: 'src/state' }))).toEqual({
    code: 'PR_NO_PROMPTS',
    message:
      'The folder src/state holds no .txt, .yaml or .yml file, and no --prompt-file was given: there is nothing to render.',
    hint,
  })
})

it.each([
  ['UTF-16 of Windows', [0xff, 0xfe], (text: string) => Buffer.from(text, 'utf16le')],
  ['UTF-16 of big ends', [0xfe, 0xff], (text: string) => Buffer.from(text, 'utf16le').swap16()],
  ['UTF-8 with its mark', [0xef, 0xbb, 0xbf], (text: string) => Buffer.from(text)],
])('reads %s by its byte order mark', async (_, mark, encoded) => {
  const dir = temporaryFolder({})
  const write = (name: string, text: string) =>
    writeFileSync(join(dir, name), Buffer.concat([Buffer.from(mark), encoded(text)]))
  write('a.txt', 'otter\n\n20\n\nÉin Fluß 🦦\n')
  write('b.yaml', 'video_name: heron\ntotal_frames: 20\npositive_prompt: Über dem Teich\n')
  const prompts = await readPrompts({ files: [], dir })
  expect(prompts.map(({ videoName, positivePrompt }) => [videoName, positivePrompt])).toEqual([
    ['otter', 'Éin Fluß 🦦'],
    ['heron', 'Über dem Teich'],
  ])
})
