import { expect, it } from 'vitest'
import { parsePromptFile } from '../../src/domain/prompt-file.ts'
import { fc } from '../support/seeded.ts'

const parse = (...lines: string[]) => parsePromptFile('dunes.txt', lines.join('\n'))
const dunes = {
  file: 'dunes.txt',
  videoName: 'dunes',
  totalFrames: 500,
  positivePrompt: 'sand',
  negativePrompt: 'blurry',
  overrides: {},
}
const VIDEO_NAME_HINT =
  'The name becomes a folder and an object name: use letters, digits, spaces, "_", "-" and single dots.'
const FRAMES = 'The total of frames must be a whole number from 1 to 1000000.'
const FRAMES_HINT = 'The second block is a number alone, for example 500: at 16 fps that is 31 seconds.'

it('reads four blocks separated by blank lines', () => {
  expect(parse('dunes', '', '500', '', 'sand', '', 'blurry')).toEqual({ prompt: dunes, problems: [] })
})

it('takes BOM, CRLF, trailing spaces and many blank lines as harmless', () => {
  const text = '\uFEFF\r\n\r\ndunes.mp4  \r\n \t\r\n\r\n500 \r\n\r\nsand\t\r\n\r\n\r\nblurry\r\n\r\n'
  expect(parsePromptFile('dunes.txt', text)).toEqual({ prompt: dunes, problems: [] })
})

it('reads the same from any mixture of line ends and blank lines', () => {
  const end = fc.constantFrom('\n', '\r\n', '  \n', '\t\r\n')
  const gap = fc.array(end, { minLength: 2, maxLength: 5 }).map((ends) => ends.join(''))
  fc.assert(
    fc.property(gap, gap, gap, end, (a, b, c, last) => {
      expect(parsePromptFile('dunes.txt', `dunes${a}500${b}sand${c}blurry${last}`)).toEqual({
        prompt: dunes,
        problems: [],
      })
    }),
  )
})

it('never throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { prompt, problems } = parsePromptFile('any.txt', text)
      expect(prompt === null).toBe(problems.length > 0)
    }),
  )
})

it('does without a negative prompt', () => {
  expect(parse('dunes', '', '500', '', 'sand').prompt).toEqual({ ...dunes, negativePrompt: '' })
})

it('lets prompts have lines and, between lines ---, blank lines', () => {
  const { prompt } = parse('dunes', '---', '500', '---', '', 'sand', '', 'wind', '---', '')
  expect(prompt).toEqual({ ...dunes, positivePrompt: 'sand\n\nwind', negativePrompt: '' })
  expect(parse('dunes', '', '500', '', 'sand', 'wind').prompt?.positivePrompt).toBe('sand\nwind')
})

it('shows the way out when a prompt with blank lines makes more than four blocks', () => {
  expect(parse('dunes', '', '500', '', 'sand', '', 'wind', '', 'blurry')).toEqual({
    prompt: null,
    problems: [
      {
        file: 'dunes.txt',
        line: 9,
        message:
          'Found 5 blocks separated by blank lines; there are four: video name, total frames, positive prompt, negative prompt.',
        value: 'blurry',
        hint: [
          'If a prompt has blank lines itself, separate the blocks by lines "---" instead:',
          'my_video',
          '---',
          '500',
          '---',
          'First paragraph.',
          '',
          'Second paragraph.',
          '---',
          'blurry',
        ].join('\n'),
      },
    ],
  })
})

it.each([
  [
    'an empty file',
    [' ', ''],
    {
      line: 1,
      message: 'The file is empty.',
      hint: 'Write four blocks separated by blank lines: video name, total frames, positive prompt, negative prompt.',
    },
  ],
  [
    'blocks that are missing',
    ['dunes', '', '500'],
    {
      line: 3,
      message: 'Found 2 of the four blocks; they are separated by blank lines.',
      hint: 'In this order: video name, total frames, positive prompt, negative prompt (which may be missing).',
    },
  ],
  [
    'too many marks',
    ['a', '---', '1', '---', 'b', '---', 'c', '---', 'd'],
    {
      line: 9,
      message:
        'Found 5 blocks separated by lines "---"; there are four: video name, total frames, positive prompt, negative prompt.',
      value: 'd',
      hint: 'Remove the lines "---" that stand inside a prompt.',
    },
  ],
  [
    'a name that leaves the folder',
    ['../dunes', '', '500', '', 'sand'],
    { line: 1, message: 'The video name contains a path separator.', value: '../dunes', hint: VIDEO_NAME_HINT },
  ],
  [
    'a name of two lines',
    ['dunes', '500', '', 'sand', '', 'blurry'],
    { line: 1, message: 'The video name has more than one line.', value: 'dunes', hint: 'Put a blank line behind it.' },
    { line: 4, message: FRAMES, value: 'sand', hint: FRAMES_HINT },
  ],
  [
    'an empty name and an empty prompt',
    ['', '---', '500', '---', ' ', '---', 'blurry'],
    { line: 1, message: 'The video name is empty.', value: '', hint: VIDEO_NAME_HINT },
    { line: 5, message: 'The positive prompt is empty.' },
  ],
  [
    'no number',
    ['dunes', '', '500 frames', '', 'sand'],
    { line: 3, message: FRAMES, value: '500 frames', hint: FRAMES_HINT },
  ],
  ['no frames', ['dunes', '', '0', '', 'sand'], { line: 3, message: FRAMES, value: '0', hint: FRAMES_HINT }],
  ['a fraction', ['dunes', '', '12.5', '', 'sand'], { line: 3, message: FRAMES, value: '12.5', hint: FRAMES_HINT }],
  [
    'a typing error',
    ['dunes', '', '5000000', '', 'sand'],
    { line: 3, message: FRAMES, value: '5000000', hint: FRAMES_HINT },
  ],
] as [string, string[], ...object[]][])('reports %s', (_, lines, ...problems) => {
  const expected = problems.map((problem) => ({ file: 'dunes.txt', ...problem }))
  expect(parse(...lines)).toEqual({ prompt: null, problems: expected })
})
