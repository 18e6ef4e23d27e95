import { defineCommand } from '../command.ts'
import { modeOf } from '../output-mode.ts'
import { settingOptions } from '../setting-options.ts'

export const serveCommand = defineCommand({
  name: 'serve',
  describe: 'Serve the simulated ComfyUI, GCS and RunPod on loopback, to any program, until it is stopped',
  options: {
    port: {
      type: 'string',
      requiresArg: true,
      default: '8188',
      shows: 'N',
      group: 'Serve',
      describe: 'port of ComfyUI, the others follow; 0 takes free ones [default: 8188]',
    },
    ...settingOptions(['recording', 'speed', 'logLevel', 'json', 'quiet']),
  },
  examples: [
    ['pr serve', 'ComfyUI on http://127.0.0.1:8188; Ctrl-C stops it'],
    ['pr serve --port 0 --json', 'on free ports; addresses and environment as one JSON object when they answer'],
    ['pr serve --recording my-server --speed 1', 'the models and node classes of another recording, as slow as it was'],
    ['pr serve --log-level DEBUG', 'with a line for each request'],
  ],
  stopIsDone: true,
  async run({ port, ...flags }, { output, environment, cwd, signal }) {
    const { loadSettings } = await import('../../config/settings.ts')
    const { settings, warnings } = await loadSettings(flags, environment, cwd)
    output.configure({ ...modeOf(settings), dryRun: false })
    for (const warning of warnings) output.warn(warning)
    const { serve } = await import('../serve.ts')
    return serve({ port, settings, output, signal })
  },
})
