import { defineCommand } from '../command.ts'
import { planSettings, settingOptions, templateSettings } from '../setting-options.ts'

export const doctorCommand = defineCommand({
  name: 'doctor',
  describe: 'Check at once everything that a run needs: this machine, ComfyUI, recordings, storage, the pod',
  options: {
    ...settingOptions([
      'comfyuiUrl',
      'comfyuiToken',
      'comfyuiHeader',
      'ca',
      'bucket',
      'podId',
      'ffmpeg',
      'ffprobe',
      'promptFile',
      'promptDir',
      ...planSettings,
      ...templateSettings,
      'outputDir',
      'noUpload',
      'keepIntermediate',
      'recording',
      'json',
    ]),
    offline: { type: 'boolean', group: 'Output', describe: 'ask nobody over the network' },
  },
  examples: [
    ['pr doctor', 'before a run: what is missing, and what to do about it'],
    ['pr doctor --offline', 'this machine only'],
  ],
  async run(flags, context) {
    const { doctor } = await import('../doctor.ts')
    return doctor(flags, context)
  },
})
