import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const recordCommand = defineCommand({
  name: 'record',
  describe: 'Record a live ComfyUI into recordings/, or check with --check how far a recording has drifted from it',
  options: {
    name: { type: 'string', shows: 'NAME', group: 'Record', describe: 'folder below recordings/' },
    workflow: {
      type: 'string',
      array: true,
      shows: 'FILE',
      group: 'Record',
      describe: 'run this workflow, in API format; may be repeated [default: the shipped set, which needs no models]',
    },
    probe: { type: 'boolean', group: 'Record', describe: 'ask only what costs nothing, run no workflow' },
    check: {
      type: 'boolean',
      group: 'Record',
      describe: 'record nothing: say what changed on the server since --recording was taken',
    },
    'plan-only': { type: 'boolean', group: 'Record', describe: 'show what would be run, then stop' },
    verify: {
      type: 'boolean',
      default: true,
      group: 'Record',
      describe: 'replay the recording and keep it only when the client sees the same [default: on]',
    },
    classes: {
      type: 'string',
      choices: ['used', 'all'],
      default: 'used',
      shows: 'used|all',
      group: 'Record',
      describe: 'node classes to keep of object_info: those in use with their neighbours, or all [default: used]',
    },
    'from-run': {
      type: 'string',
      shows: 'RUN',
      group: 'Record',
      describe: 'make a recording of a run that failed, live or rehearsed, by its name or folder; no server is asked',
    },
    'to-test': {
      type: 'string',
      shows: 'FILE',
      group: 'Record',
      describe: 'with --from-run: write the vitest file that replays it',
    },
    anonymous: { type: 'boolean', group: 'Record', describe: 'take out pod ids and IP addresses too' },
    ...settingOptions([
      'comfyuiUrl',
      'comfyuiToken',
      'comfyuiHeader',
      'ca',
      'recording',
      'podId',
      'promptFile',
      'workflows',
      'bucket',
      'googleCredentials',
      'ffmpeg',
      'ffprobe',
      'outputDir',
      'yes',
      'logLevel',
      'json',
      'quiet',
    ]),
  },
  examples: [
    ['pr record', 'run the shipped workflows on http://127.0.0.1:8188 into recordings/comfyui-smoke/'],
    ['pr record --name mine --workflow a.json --workflow b.json', 'record your own workflows'],
    ['pr record --prompt-file otter.txt --name mine', 'the whole pipeline on two small chunks'],
    ['pr record --probe --classes all --name mine', 'only what the server tells about itself'],
    ['pr record --from-run quiet-fox --to-test test/quiet-fox.test.ts', 'a run that failed, to fail again offline'],
    ['pr record --check --recording mine', 'what changed on the server since; exit code 4 when something did'],
  ],
  async run(flags, context) {
    const { environment, cwd } = context
    const { name, workflow, probe, check, verify, classes, anonymous, 'plan-only': planOnly, ...rest } = flags
    const { 'from-run': fromRun, 'to-test': toTest, ...settingFlags } = rest
    if (fromRun !== undefined || toTest !== undefined) {
      const { recordRun } = await import('../record-run.ts')
      return recordRun({ run: fromRun, name, toTest, verify, flags: settingFlags }, context)
    }
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(settingFlags, context)
    if (check === true) {
      const { checkDrift } = await import('../../record/check-drift.ts')
      return checkDrift(settings, context)
    }
    const { record } = await import('../../record/record.ts')
    const { runHost } = await import('../confirm.ts')
    const asked = {
      settings,
      environment,
      cwd,
      name: name ?? null,
      workflows: workflow ?? [],
      probe: probe === true,
      planOnly: planOnly === true,
      verify,
      allClasses: classes === 'all',
      anonymous: anonymous === true,
    }
    return record(asked, runHost(context, settings.run.yes))
  },
})

export const driftCommand = defineCommand({
  name: 'drift',
  describe: 'Say what changed on the server since --recording was taken: the same as record --check',
  options: settingOptions([
    'comfyuiUrl',
    'comfyuiToken',
    'comfyuiHeader',
    'ca',
    'recording',
    'logLevel',
    'json',
    'quiet',
  ]),
  examples: [['pr drift --recording mine', 'costs nothing; exit code 4 when something changed']],
  async run(flags, context) {
    const { commandSettings } = await import('../command-settings.ts')
    const { settings } = await commandSettings(flags, context)
    const { checkDrift } = await import('../../record/check-drift.ts')
    return checkDrift(settings, context)
  },
})
