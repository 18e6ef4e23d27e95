import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const planCommand = defineCommand({
  name: 'plan',
  describe: 'Show what would be rendered, how long it takes and what it costs; nothing is run, no server is asked',
  options: {
    ...settingOptions([
      'promptFile',
      'promptDir',
      'framesPerChunk',
      'width',
      'height',
      'fps',
      'steps',
      'cfg',
      'seed',
      'chunkSeeds',
      'gpu',
      'workflows',
      'highModel',
      'lowModel',
      'highLora',
      'lowLora',
      'textEncoder',
      'vae',
      'price',
      'outputDir',
      'recording',
      'logLevel',
      'json',
      'quiet',
    ]),
    gpus: { type: 'boolean', group: 'Plan', describe: 'compare all GPUs that somebody has published times of' },
  },
  examples: [
    ['pr plan', 'everything in prompt_files/'],
    ['pr plan --prompt-file otter.txt --gpu "RTX 4090" --price 0.69', 'one film on one GPU, in minutes and dollars'],
    ['pr plan --gpus', 'which GPU would be how fast'],
  ],
  async run({ gpus, ...flags }, context) {
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    const { runHost } = await import('../confirm.ts')
    const { showPlan } = await import('../../run/show-plan.ts')
    return showPlan(settings, runHost(context, true), { gpus: gpus === true })
  },
})
