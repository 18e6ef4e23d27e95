import { defineCommand } from '../command.ts'
import { planOption } from '../plan-option.ts'
import { planSettings, settingOptions, templateSettings } from '../setting-options.ts'

/** How a server is reached, for --ask-server. */
const connections = ['comfyuiUrl', 'comfyuiToken', 'comfyuiHeader', 'ca'] as const

export const planCommand = defineCommand({
  name: 'plan',
  describe:
    'Show what would be rendered, how long it takes and what it costs; nothing is run, and no server is asked but with --ask-server',
  options: {
    ...settingOptions([
      'promptFile',
      'promptDir',
      ...planSettings,
      'gpu',
      ...templateSettings,
      'price',
      'outputDir',
      'resume',
      'recording',
      'logLevel',
      'json',
      'quiet',
      ...connections,
    ]),
    ...planOption,
    out: {
      type: 'string',
      alias: 'o',
      shows: 'FILE',
      group: 'Plan',
      describe: 'write the plan, to be run by pr --plan FILE',
    },
    'ask-server': {
      type: 'boolean',
      group: 'Plan',
      describe: 'plan by what the server says of its version, GPU and models, not by the recording',
    },
    gpus: { type: 'boolean', group: 'Plan', describe: 'compare all GPUs that somebody has published times of' },
  },
  examples: [
    ['pr plan', 'everything in prompt_files/'],
    ['pr plan --prompt-file otter.txt --gpu "RTX 4090" --price 0.69', 'one film on one GPU, in minutes and dollars'],
    ['pr plan -o plan.json', 'write it down, to be looked at and run with pr --plan plan.json'],
    ['pr plan --plan plan.json', 'whether it can still be run so'],
    ['pr plan --gpus', 'which GPU would be how fast'],
  ],
  async run({ gpus, out, 'ask-server': asksServer, ...typed }, given) {
    const { planWords, refuseWords } = await import('../plan-words.ts')
    const { flags, context, approved } = await planWords(typed, given, planCommand)
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context).catch((error) =>
      refuseWords(error, approved, given.argv),
    )
    const { runHost } = await import('../confirm.ts')
    const { showPlan } = await import('../../run/show-plan.ts')
    return showPlan(settings, runHost(context, true), {
      gpus: gpus === true,
      asksServer: asksServer === true,
      out: out ?? null,
      approved,
    })
  },
})
