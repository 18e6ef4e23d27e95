import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readPrompts } from '../../src/config/read-prompts.ts'
import { failure } from '../support/failure.ts'
import { temporaryFolder } from '../support/rehearse.ts'

const film = 'video_name: otter\ntotal_frames: 60\npositive_prompt: an otter\n'
const KNOWN =
  'Known here: video_name, total_frames, positive_prompt, negative_prompt, seed, width, height, fps, steps, cfg, frames_per_chunk, reference_image, control_video, loras.'

it.each([
  {
    what: 'a second document',
    text: `${film}---\n${film}`,
    problem: {
      line: 4,
      message: 'A second YAML document begins here, and a file can hold only one.',
      hint: 'Put what follows the line --- into a file of its own.',
    },
  },
  {
    what: 'the key __proto__',
    text: `${film}loras: { __proto__: 1 }\n`,
    problem: { line: 4, message: '__proto__ cannot be a key.' },
  },
  {
    what: 'a key like no other',
    text: `${film}frames: 60\n`,
    problem: { line: 4, message: 'frames is not known here.', value: 60, hint: KNOWN },
  },
  {
    what: 'a key that is empty',
    text: `${film}'': 1\n`,
    problem: { line: 4, message: 'An empty key is not known here.', value: 1, hint: KNOWN },
  },
  {
    what: 'an alias of what it stands in',
    text: '&film [*film]\n',
    problem: { message: 'The file cannot be read: an alias stands within what it stands for.' },
  },
  {
    what: 'binary data',
    text: '!!binary aGVsbG8=\n',
    problem: { line: 1, message: 'The file must be a mapping of keys to values.', value: 'aGVsbG8=' },
  },
  {
    what: 'no number',
    text: `${film}fps: .nan\n`,
    problem: { line: 4, message: 'fps must be a number.', value: Number.NaN },
  },
])('refuses $what with its place', async ({ text, problem }) => {
  const file = join(temporaryFolder({ 'otter.yaml': text }), 'otter.yaml')
  expect(await failure(() => readPrompts({ files: [file], dir: '' }))).toEqual({
    code: 'PR_PROMPT_FILE',
    message: 'Reading 1 prompt file found 1 problem in 1 file.',
    problems: [{ file, ...problem }],
  })
})

it('takes keys in other spellings, and each once', async () => {
  const text = 'videoName: otter\nTOTAL_FRAMES: 60\npositive-prompt: an otter\nframesPerChunk: 33\n'
  const folder = temporaryFolder({ 'otter.yaml': text, 'twice.yaml': `${text}frames_per_chunk: 33\n` })
  const read = (name: string) => readPrompts({ files: [join(folder, name)], dir: folder })
  expect(await read('otter.yaml')).toMatchObject([
    { videoName: 'otter', totalFrames: 60, overrides: { framesPerChunk: 33 }, lines: { framesPerChunk: 4 } },
  ])
  const { problems } = await failure(() => read('twice.yaml'))
  expect(problems).toMatchObject([
    { line: 5, message: 'A key stands twice in one mapping.', value: 'frames_per_chunk' },
  ])
})
