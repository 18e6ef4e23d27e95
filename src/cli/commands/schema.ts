import { PromptRunnerError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const schemaCommand = defineCommand({
  name: 'schema',
  describe:
    'Print the JSON schema of prompt files in YAML, or of pr.config.yaml, for an editor to check and complete them',
  options: {
    of: { type: 'string', positional: true, describe: 'prompt or config' },
    ...settingOptions(['json']),
  },
  examples: [
    [
      'pr schema prompt > prompt_files/prompt.schema.json',
      'as pr init writes it; name it in the first line of a file:',
    ],
    ['pr schema config > pr.config.schema.json', '# yaml-language-server: $schema=pr.config.schema.json'],
  ],
  async run({ of }, { output }) {
    const { jsonSchema, schemaFiles } = await import('../../config/json-schemas.ts')
    const names = Object.keys(schemaFiles) as Array<keyof typeof schemaFiles>
    const name = names.find((one) => one === of)
    if (name === undefined) {
      const message = of === undefined ? 'pr schema needs to know of what' : `there is no schema of "${of}"`
      throw new PromptRunnerError('PR_USAGE', message, { hint: `give one of ${names.join(', ')}` })
    }
    const schema = jsonSchema(name)
    output.print(JSON.stringify(schema, null, 2))
    output.result(schema)
    return 0
  },
})
