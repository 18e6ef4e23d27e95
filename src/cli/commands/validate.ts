import { defineCommand } from '../command.ts'
import { planSettings, settingOptions, templateSettings } from '../setting-options.ts'

export const validateCommand = defineCommand({
  name: 'validate',
  describe: 'Check prompt files, bindings, templates and workflows without a server, and name all that is missing',
  options: {
    files: {
      type: 'string',
      array: true,
      positional: true,
      describe:
        'prompt files, workflows in API format, or folders of them or of templates; without any, all that a run would use',
    },
    ...settingOptions(['promptFile', 'promptDir', ...planSettings, ...templateSettings, 'recording', 'json']),
    'object-info': {
      type: 'string',
      shows: 'FILE',
      group: 'Dry run',
      describe: 'what another server answers to GET /object_info, to check against instead of a recording',
    },
    strict: { type: 'boolean', group: 'Output', describe: 'report too what a server lets pass but a user regrets' },
  },
  examples: [
    ['pr validate', 'everything that a run would use'],
    ['pr validate otter.txt --strict', 'one film, also for what will be regretted'],
    ['pr validate my-workflow.json', 'any workflow exported with "Export (API)"'],
    ['pr validate --object-info new.json', 'what breaks on a server with these classes, after an update for instance'],
    ['pr validate templates/', 'a folder for --workflows'],
  ],
  async run(flags, context) {
    const { validate } = await import('../validate.ts')
    return validate(flags.files ?? [], flags, context)
  },
})
