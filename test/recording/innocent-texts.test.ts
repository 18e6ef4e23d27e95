import { expect, it } from 'vitest'
import { recordRedactor } from '../../src/recording/record-redactor.ts'
import { createRedactor } from '../../src/recording/redact.ts'
import { innocentTexts } from '../support/innocent-texts.ts'
import { seed } from '../support/seeded.ts'

const redactors = { 'a recording': recordRedactor({ known: {} }), 'a run folder': createRedactor() }

it.each(Object.entries(redactors))(
  'leaves 20,000 prompts, titles and names in %s as they are',
  (_, { body, text, url }) => {
    const innocent = innocentTexts(20_000)
    const touched = innocent.filter((each) => {
      const inputs = { text: each, lora_name: each, style: [each, each], settings: { mode: each } }
      const prompt = JSON.stringify({ prompt: { 6: { class_type: 'A', inputs, _meta: { title: each } } } })
      const address = `http://server/view?filename=${encodeURIComponent(each)}&type=output`
      return (
        body(prompt, { path: '/prompt', mimeType: 'application/json' })?.text !== prompt ||
        text(each) !== each ||
        url(address) !== address
      )
    })
    expect(touched, `PR_SEED=${seed}`).toEqual([])
  },
)

it.each(Object.entries(redactors))(
  'never touches what the lists of object_info name in %s, wherever it is used',
  (_, { body, text }) => {
    const name = `hf_${'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}`
    const catalogue = JSON.stringify({
      LoraLoader: { input: { required: { lora_name: [[name, 'a.safetensors'], {}] } } },
    })
    expect(body(catalogue, { path: '/object_info', mimeType: 'application/json' })).toEqual({
      text: catalogue,
      changed: [],
    })
    const prompt = JSON.stringify({
      prompt: { 6: { class_type: 'LoraLoader', inputs: { lora_name: name, text: `<lora:${name}:1>` } } },
    })
    expect(body(prompt, { path: '/prompt', mimeType: 'application/json' })).toEqual({ text: prompt, changed: [] })
    expect(text(`loads ${name}`)).toBe(`loads ${name}`)
  },
)
