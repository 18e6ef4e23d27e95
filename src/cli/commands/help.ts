import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const helpCommand = defineCommand({
  name: 'help',
  describe: 'Explain a topic, or list the topics',
  options: {
    topic: { type: 'string', positional: true, describe: 'a topic, or a command' },
    ...settingOptions(['json']),
  },
  examples: [
    ['pr help', 'what there is to read about'],
    ['pr help resume', 'how a run goes on that has stopped'],
  ],
  async run({ topic }, { output, ...call }) {
    const { helpTopic, helpTopics, topicText } = await import('../help-topics.ts')
    if (topic === undefined) {
      const { table } = await import('../help-text.ts')
      const topics = helpTopics()
      const rows = topics.map(({ name, title }) => [name, title] as const)
      output.print(
        ['Topics:', ...table(rows), '', '`pr help TOPIC` explains one, `pr COMMAND --help` a command.'].join('\n'),
      )
      output.result({ topics: topics.map(({ name, title }) => ({ name, title })) })
      return 0
    }
    const found = helpTopic(topic)
    const { wholeCommands } = await import('../whole-commands.ts')
    const whole = wholeCommands({ ...call, script: process.argv[1] }, call.commands)
    output.print(topicText({ ...found, text: whole(found.text) }, output.colours))
    output.result({ topic: found.name, text: found.text })
    return 0
  },
})
