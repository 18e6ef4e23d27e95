import { expect, it } from 'vitest'
import { comfyuiKnowledge } from '../../../../src/recording/comfyui-knowledge.ts'
import { loadRecording } from '../../../../src/recording/load-recording.ts'
import { comfyuiSimulator } from '../../../../src/simulators/comfyui/simulator.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { openCaseServer } from '../../../conformance/case-server.ts'

const recording = await loadRecording('fixtures/conformance-0.29/comfyui.har')
const known = comfyuiKnowledge(recording.entries)

const text = ['STRING', { multiline: true }]
const flag = (value: boolean) => ['BOOLEAN', { default: value }]
const flags = { case_insensitive: flag(true), multiline: flag(false), dotall: flag(false) }
const count = (value: number) => ['INT', { default: value, min: 0, max: 100 }]
const modes = ['First Match', 'All Matches', 'First Group', 'All Groups']
const mode = ['COMBO', { multiselect: false, options: modes }]
const searched = { string: text, regex_pattern: text }
/** What 0.29.0 says of these classes. */
const inputsOf = {
  RegexMatch: { required: { ...searched }, optional: flags },
  RegexExtract: { required: { ...searched, mode }, optional: { ...flags, group_index: count(1) } },
  RegexReplace: { required: { ...searched, replace: text }, optional: { ...flags, count: count(0) } },
  JsonExtractString: { required: { json_string: text, key: text } },
}
const classes = Object.entries(inputsOf).map(([name, input]): [string, string] => {
  const output = [name === 'RegexMatch' ? 'BOOLEAN' : 'STRING']
  return [name, JSON.stringify({ input, output, output_is_list: [false], output_node: false, name })]
})
const knowledge = { ...known, nodeClasses: new Map([...known.nodeClasses, ...classes]) }

/** What such a node gives, as `PreviewAny` shows it, how it fails, and what was made up. */
async function given(class_type: string, inputs: object) {
  const clock = virtualClock(Date.UTC(2026, 10, 30), 0)
  const simulator = comfyuiSimulator({ knowledge, clock, newId: () => crypto.randomUUID() })
  const prompt = { 1: { class_type, inputs }, 2: { class_type: 'PreviewAny', inputs: { source: ['1', 0] } } }
  const { history } = await openCaseServer(simulator).prompt('c', { prompt })
  const { outputs, status } = history as {
    outputs: Record<string, { text: string[] }>
    status: { messages: Array<[string, Record<string, unknown>]> }
  }
  const error = status.messages.find(([type]) => type === 'execution_error')?.[1]
  return { text: outputs['2']?.text[0], error: error?.['exception_message'], madeUp: simulator.report().madeUp }
}

it.each([
  ['RegexMatch', { string: 'Otter 12', regex_pattern: '^otter \\d+$' }, 'True'],
  ['RegexMatch', { string: 'an otter', regex_pattern: '^otter', case_insensitive: false }, 'False'],
  ['RegexExtract', { string: 'a1 b22', regex_pattern: '([a-z])(\\d+)', mode: 'First Match' }, 'a1'],
  ['RegexExtract', { string: 'a1 b22', regex_pattern: '([a-z])(\\d+)', mode: 'All Matches' }, 'a\nb'],
  ['RegexExtract', { string: 'a1 b22', regex_pattern: '([a-z])(\\d+)', mode: 'First Group', group_index: 2 }, '1'],
  ['RegexExtract', { string: 'a1 b22', regex_pattern: '([a-z])(\\d+)', mode: 'All Groups', group_index: 2 }, '1\n22'],
  ['RegexExtract', { string: 'a1', regex_pattern: '(a)|(1)', mode: 'First Group', group_index: 2 }, 'None'],
  ['RegexReplace', { string: 'a1 b22', regex_pattern: '(?P<n>[a-z])(\\d+)', replace: '\\2\\g<n>\\n' }, '1a\n 22b\n'],
  ['RegexReplace', { string: 'abxd', regex_pattern: 'x*', replace: '-', count: 2 }, '-a-bxd'],
  ['JsonExtractString', { json_string: '{"a": [1, true, "x"]}', key: 'a' }, "[1, True, 'x']"],
  ['JsonExtractString', { json_string: 'otter', key: 'a' }, ''],
])('computes %s of %j', async (classType, inputs, shown) => {
  expect(await given(classType, inputs)).toEqual({ text: shown, error: undefined, madeUp: [] })
})

it('raises what Python does when one of all groups is missing', async () => {
  const inputs = { string: 'a1', regex_pattern: '(a)|(1)', mode: 'All Groups', group_index: 2 }
  expect((await given('RegexExtract', inputs)).error).toBe('sequence item 0: expected str instance, NoneType found\n')
})

it.each([
  ['RegexMatch', { string: 'aa', regex_pattern: '(a)\\1' }],
  ['RegexExtract', { string: 'a', regex_pattern: '|a', mode: 'All Matches' }],
  ['RegexReplace', { string: 'a', regex_pattern: 'a', replace: '\\1' }],
])('says that it has made up %s of %j', async (classType, inputs) => {
  expect((await given(classType, inputs)).madeUp).toEqual([classType])
})
