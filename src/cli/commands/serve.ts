import { PromptRunnerError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const serveCommand = defineCommand({
  name: 'serve',
  describe: 'Serve the simulated ComfyUI, GCS and RunPod on loopback, to any program, until it is stopped',
  options: {
    port: {
      type: 'string',
      default: '8188',
      shows: 'N',
      group: 'Serve',
      describe: 'port of ComfyUI, the others follow; 0 takes free ones [default: 8188]',
    },
    'record-to': {
      type: 'string',
      shows: 'DIR',
      group: 'Serve',
      describe: 'simulate nothing: pass everything on to the live ComfyUI at --comfyui-url and record it',
    },
    model: {
      type: 'string',
      array: true,
      shows: 'FOLDER/NAME',
      group: 'Serve',
      describe: 'a model file that ComfyUI is to have besides those that were recorded; may be repeated',
    },
    allow: {
      type: 'string',
      array: true,
      shows: 'PATH',
      group: 'Serve',
      describe: 'a path that clients only probe, and that may stay unanswered: /manager/*; may be repeated',
    },
    'front-end-root': {
      type: 'string',
      shows: 'DIR',
      group: 'Serve',
      describe: 'a built ComfyUI front end, which a browser then finds at ComfyUI’s address',
    },
    ...settingOptions([
      'comfyuiUrl',
      'comfyuiToken',
      'comfyuiHeader',
      'ca',
      'recording',
      'speed',
      'faults',
      'logLevel',
      'json',
      'quiet',
    ]),
  },
  examples: [
    ['pr serve', 'ComfyUI on http://127.0.0.1:8188; Ctrl-C stops it'],
    ['pr serve --port 0 --json', 'on free ports; addresses and environment as one JSON object when they answer'],
    ['pr serve --recording my-server --speed 1', 'the models and node classes of another recording, as fast as it was'],
    ['pr serve --model checkpoints/sd15.safetensors', 'with a model of other people’s examples'],
    ['pr serve --front-end-root static', 'for a browser, with the web UI of comfyui_frontend_package/static'],
    ['pr serve --allow /manager/version', 'for a client that asks what packs there are, and can do without'],
    ['pr serve --port 8189 --record-to recordings/mine', 'in front of a live ComfyUI on 8188, for any client'],
    ["pr serve --fault '2nd socket open: status 403'", 'with something that goes wrong; --fault help lists all'],
    ['pr serve --log-level DEBUG', 'with a line for each request'],
  ],
  stopIsDone: true,
  async run({ port, 'record-to': recordTo, model, allow, 'front-end-root': frontEndRoot, ...flags }, context) {
    const { output, environment, cwd: _, ...stop } = context
    const simulated = Object.entries({ model, allow, 'front-end-root': frontEndRoot })
    const [name] = simulated.find(([, value]) => value !== undefined) ?? []
    if (recordTo !== undefined && name !== undefined) {
      throw new PromptRunnerError(
        'PR_USAGE',
        `--${name} is for the simulated ComfyUI, and --record-to simulates nothing`,
        {
          hint: 'leave one of them out',
        },
      )
    }
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    if (settings.dryRun.faults.includes('help')) {
      const { printFaultHelp } = await import('../fault-help.ts')
      printFaultHelp(output)
      return 0
    }
    const { portOf, serve } = await import('../serve.ts')
    if (recordTo === undefined) {
      return serve({ port, models: model ?? [], allow: allow ?? [], frontEndRoot, settings, output, ...stop })
    }
    const { recordingProxy } = await import('../../record/recording-proxy.ts')
    return recordingProxy({ port: portOf(port, 1), recordTo, settings, environment }, context)
  },
})
