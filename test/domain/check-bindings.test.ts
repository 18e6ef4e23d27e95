import { expect, it } from 'vitest'
import { templateFailure } from '../support/template-folder.ts'

interface Expected {
  line: number
  message: string
  value?: unknown
  hint?: string
}

const LORA = '{ title: LoRA, input: lora_name }'
const RENDER_TITLES =
  '"Model", "LoRA", "Shift", "Text encoder", "Positive", "Negative", "VAE", "VACE", "Reference frame", "Sampler", "Save latent", "Latent from HIGH", "Trim reference latent", "Decode", "Create video", "Save video", "Control video", "Control frames", "Cut control frames"'
const COMBINE_TITLES =
  '"First video", "Second video", "First frames", "Second frames", "Join", "Create video", "Save film", "Cut first frames", "Cut second frames"'

it.each<[string, string, string, Expected[]]>([
  [
    'a title that no node has',
    LORA,
    '{ title: LORA, input: lora_name }',
    [
      {
        line: 14,
        message: 'render.inputs.lora looks for a node with the title "LORA", but there is none.',
        hint: `The titles there: ${RENDER_TITLES}. Did you mean "LoRA"?`,
      },
    ],
  ],
  [
    'an id that no node has',
    LORA,
    '{ id: "22", input: lora_name }',
    [
      {
        line: 14,
        message: 'render.inputs.lora looks for a node with the id "22", but there is none.',
        hint: 'The ids there: "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19".',
      },
    ],
  ],
  [
    'a class that two nodes have',
    LORA,
    '{ class: CLIPTextEncode, input: text }',
    [
      {
        line: 14,
        message: 'render.inputs.lora looks for a node with the class "CLIPTextEncode", but there are 2.',
        hint: 'Name one of them by its id: "5" (Positive, CLIPTextEncode), "6" (Negative, CLIPTextEncode).',
      },
    ],
  ],
  [
    'an input that the node does not have',
    LORA,
    '{ title: LoRA, input: lora_nam }',
    [
      {
        line: 14,
        message:
          'render.inputs.lora looks for the input "lora_nam", which "2" (LoRA, LoraLoaderModelOnly) does not have.',
        hint: 'Its inputs: "model", "lora_name", "strength_model". Did you mean "lora_name"?',
      },
    ],
  ],
  [
    'a node addressed in two ways',
    LORA,
    '{ title: LoRA, id: "2", input: lora_name }',
    [
      {
        line: 14,
        message: 'render.inputs.lora must name a node by exactly one of id, title and class.',
        value: { title: 'LoRA', id: '2', input: 'lora_name' },
      },
    ],
  ],
  [
    'a place without input',
    LORA,
    '{ title: LoRA }',
    [{ line: 14, message: 'render.inputs.lora.input must be the name of an input.' }],
  ],
  [
    'a place that is a word',
    LORA,
    'LoRA',
    [{ line: 14, message: 'render.inputs.lora must be a mapping of keys to values.', value: 'LoRA' }],
  ],
  [
    'a role that does not exist',
    '    lora: {',
    '    lorra: {',
    [
      {
        line: 14,
        message: 'render.inputs.lorra is not known here. Did you mean "lora"?',
        value: { title: 'LoRA', input: 'lora_name' },
      },
    ],
  ],
  [
    'roles that are missing',
    '    latent: { title: Latent from HIGH, input: latent }\n    # Where',
    '    # Where',
    [
      {
        line: 55,
        message: 'render.low lacks the input "latent".',
        hint: 'Name the node and its input: latent: { title: …, input: … }.',
      },
    ],
  ],
  [
    'an output that is missing',
    '      video: { title: Save video }\n',
    '',
    [
      {
        line: 56,
        message: 'render.low lacks the output "video".',
        hint: 'Name the node that saves it: outputs: { video: { title: … } }.',
      },
    ],
  ],
  [
    'a removal that takes what is needed',
    '      - { title: Decode }',
    '      - { title: Save latent }',
    [
      {
        line: 39,
        message: 'render.high removes every node that the input "latent_prefix" is bound to.',
        hint: 'Bind "latent_prefix" to a node that stays, or take its node from render.high.remove.',
      },
      {
        line: 54,
        message: 'render.high.outputs.latent names a node that this part removes.',
        hint: 'Take it from render.high.remove.',
      },
    ],
  ],
  [
    'a setting without value',
    ', value: enable',
    '',
    [
      {
        line: 43,
        message: 'render.high.set.0 needs either "value" or "from".',
        value: { title: 'Sampler', input: 'add_noise' },
      },
    ],
  ],
  [
    'a slot that is none',
    'slot: 0',
    'slot: -1',
    [{ line: 63, message: 'render.low.set.3.from.slot must be the number of an output, from 0.', value: -1 }],
  ],
  [
    'a bypass of an input that the node does not have',
    'bypass: image1',
    'bypass: image3',
    [
      {
        line: 95,
        message: 'combine.first.remove.3 looks for the input "image3", which "5" (Join, ImageBatch) does not have.',
        hint: 'Its inputs: "image1", "image2". Did you mean "image1"?',
      },
    ],
  ],
  [
    'a control video without start',
    '    control_start: { title: Cut control frames, input: batch_index }\n',
    '',
    [
      {
        line: 12,
        message: 'render.inputs has "control_video" but lacks "control_start".',
        hint: 'Name the input that says at which frame the control video starts.',
      },
    ],
  ],
])('refuses in the bindings %s', async (_, before, after, problems) => {
  expect(await bindingProblems((text) => text.replace(before, after))).toEqual(
    problems.map((problem) => ({ file: 'bindings.yaml', ...problem })),
  )
})

it('reports every binding that does not fit in one pass', async () => {
  const bindings = (text: string) =>
    text.replace('title: VAE,', 'title: Vae,').replace('Save film, input', 'Save filn, input')
  expect(await bindingProblems(bindings)).toEqual([
    {
      file: 'bindings.yaml',
      line: 16,
      message: 'render.inputs.vae looks for a node with the title "Vae", but there is none.',
      hint: `The titles there: ${RENDER_TITLES}. Did you mean "VAE"?`,
    },
    {
      file: 'bindings.yaml',
      line: 87,
      message: 'combine.inputs.film_prefix looks for a node with the title "Save filn", but there is none.',
      hint: `The titles there: ${COMBINE_TITLES}. Did you mean "Save film"?`,
    },
  ])
})

it.each([
  ['an empty file', '', [{ line: 1, message: 'The file must be a mapping of keys to values.', value: null }]],
  [
    'parts that are missing',
    'render:\n  inputs: {}\n',
    [
      { line: 1, message: 'render.high is missing.' },
      { line: 1, message: 'render.low is missing.' },
      { line: 1, message: 'combine is missing.' },
    ],
  ],
  [
    'a text that is not YAML',
    'render: {',
    [
      {
        line: 1,
        message: 'This is not YAML: Flow map in block collection must be sufficiently indented and end with a }.',
      },
    ],
  ],
])('refuses as bindings %s', async (_, bindings, problems) => {
  expect(await bindingProblems(() => bindings)).toEqual(
    problems.map((problem) => ({ file: 'bindings.yaml', ...problem })),
  )
})

async function bindingProblems(bindings: (text: string) => string) {
  const { problems, ...facts } = await templateFailure({ bindings })
  expect(facts).toEqual({ code: 'PR_BINDING', message: 'The bindings do not fit the workflow templates.' })
  return problems
}
