import { expect, it } from 'vitest'
import { loadTemplates } from '../../src/config/templates.ts'
import { type TemplateChanges, templateFailure } from '../support/template-folder.ts'

type Expected = { file: string; line?: number; message: string; value?: unknown; hint?: string }

const SHAPE = 'A workflow is an object of nodes: { "1": { "class_type": …, "inputs": … } }.'

it('loads the shipped templates and those of a folder', async () => {
  expect((await loadTemplates(null)).files).toEqual({
    render: 'render.json',
    combine: 'combine.json',
    bindings: 'bindings.yaml',
  })
  expect(await loadTemplates('src/workflows')).toEqual({
    ...(await loadTemplates(null)),
    files: {
      render: 'src/workflows/render.json',
      combine: 'src/workflows/combine.json',
      bindings: 'src/workflows/bindings.yaml',
    },
  })
})

it.each([
  [
    'a comma too many',
    '{ "1": { "class_type": "X",, } }',
    1,
    'This is not JSON: Expected double-quoted property name.',
  ],
  ['a text that ends early', '{\n  "1": {\n', 3, "This is not JSON: Expected property name or '}'."],
  ['an empty file', '', 1, 'This is not JSON: Unexpected end of JSON input.'],
])('says where the JSON breaks: %s', async (_, render, line, message) => {
  expect(await templateProblems({ render })).toEqual([{ file: 'render.json', line, message }])
})

it.each<[string, string, Expected[]]>([
  [
    "the editor's format",
    '{ "nodes": [], "links": [] }',
    [
      {
        file: 'render.json',
        message: "This workflow is in the editor's format, which a server cannot run.",
        hint: 'In the ComfyUI editor choose Workflow, "Export (API)", and use that file.',
      },
    ],
  ],
  [
    'a whole request',
    '{ "prompt": {} }',
    [{ file: 'render.json', message: 'This is a whole request.', hint: 'Keep only what stands under "prompt".' }],
  ],
  ['a list', '[]', [{ file: 'render.json', message: SHAPE }]],
  ['no nodes', '{}', [{ file: 'render.json', message: SHAPE }]],
  [
    'nodes that are none',
    '{ "1": { "inputs": {} }, "2": 5, "3": { "class_type": "A" }, "4": { "class_type": "B", "inputs": { "x": ["9", 0] } } }',
    [
      { file: 'render.json', message: 'Node "1" has no class_type.' },
      { file: 'render.json', message: 'Node "2" is not an object.', value: 5 },
      { file: 'render.json', message: 'Node "3" (A) has no object of inputs.' },
      {
        file: 'render.json',
        message: 'Node "4" (B) links its input "x" to node "9", which does not exist.',
        value: ['9', 0],
      },
    ],
  ],
])('refuses %s', async (_, render, problems) => {
  expect(await templateProblems({ render })).toEqual(problems)
})

it('reports both templates in one pass', async () => {
  expect(await templateProblems({ render: '{}', combine: '[]' })).toEqual([
    { file: 'render.json', message: SHAPE },
    { file: 'combine.json', message: SHAPE },
  ])
})

it('refuses an integer that reading would alter', async () => {
  const render = (text: string) => text.replace('"noise_seed": 0', '"noise_seed": 18446744073709551615')
  expect(await templateProblems({ render })).toEqual([
    {
      file: 'render.json',
      line: 115,
      message: '"noise_seed" is too large to be read exactly.',
      value: '18446744073709551615',
      hint: 'Choose a number up to 9007199254740991 (2^53 - 1) in its place.',
    },
  ])
})

it('refuses a key that stands twice', async () => {
  const render = (text: string) => text.replace('"steps": 8,', '"steps": 8,\n      "steps": 9,')
  expect(await templateProblems({ render })).toEqual([
    { file: 'render.json', line: 117, message: 'A key stands twice in one object.', value: 'steps' },
  ])
})

it('tells what is wrong with each of the three files at once', async () => {
  const faults = await templateFailure({ combine: '[]', bindings: 'render: [' })
  expect(faults).toMatchObject({ code: 'PR_TEMPLATE', message: 'The workflow templates cannot be used.' })
  expect(faults.problems?.map(({ file }) => file)).toEqual(['combine.json', 'bindings.yaml'])
})

async function templateProblems(changes: TemplateChanges) {
  const { problems, ...facts } = await templateFailure(changes)
  expect(facts).toEqual({ code: 'PR_TEMPLATE', message: 'The workflow templates cannot be used.' })
  return problems
}
