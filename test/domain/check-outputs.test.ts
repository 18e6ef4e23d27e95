import { expect, it } from 'vitest'
import { templateFailure } from '../support/template-folder.ts'

it.each<[string, (text: string) => string, string, string]>([
  [
    'that saves a temporary video',
    (text) =>
      text
        .replace('"class_type": "SaveVideo"', '"class_type": "VHS_VideoCombine"')
        .replace('"codec":', '"save_output": false, "codec":'),
    'that only saves a temporary file: its save_output is false.',
    'Set its save_output to true in the template.',
  ],
  [
    'that saves temporary pictures',
    (text) => text.replace('"class_type": "SaveVideo"', '"class_type": "PreviewImage"'),
    'that only saves temporary files.',
    'Name a node that saves to the output folder.',
  ],
])('refuses an output %s', async (_, combine, said, hint) => {
  const { code, problems } = await templateFailure({ combine })
  expect(code).toBe('PR_BINDING')
  expect(problems!.map(({ message }) => message.replace(/\(\S+, \S+\)/, '(…)'))).toEqual(
    ['first', 'later'].map((part) => `combine.${part}.outputs.film names a node (…) ${said}`),
  )
  expect(problems![0]!.hint).toBe(hint)
})
