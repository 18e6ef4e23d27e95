import type { LoadedSettings } from '../../config/settings.ts'
import { PromptRunnerError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import type { Output } from '../output.ts'
import { planOption } from '../plan-option.ts'
import { settingOptions, settingVariables } from '../setting-options.ts'

export const runCommand = defineCommand({
  name: 'run',
  describe: 'Plan, render, combine and upload every prompt file, or rehearse all of it with --dry-run',
  options: {
    ...settingOptions(),
    ...planOption,
    'show-settings': {
      type: 'boolean',
      group: 'Output',
      describe: 'print every setting with its value and origin, then stop',
    },
  },
  variables: settingVariables(),
  examples: [
    ['pr init', 'write an example prompt file and a configuration file'],
    ['pr --dry-run', 'rehearse everything in prompt_files/; nothing leaves the machine'],
    ['pr --dry-run --sweep', 'rehearse the first two chunks with each fault that could happen in them'],
    ['pr --prompt-file otter.txt --bucket gs://films/otters', 'render one file for real and upload the video'],
    ['pr --plan plan.json', 'run what pr plan -o plan.json has written, and nothing else'],
    ['pr --dry-run --frames-per-chunk 81 --show-settings', 'see what a run would use, and why'],
    ['npm run pr -- --dry-run', 'the same from inside the repository'],
  ],
  async run(typed, given) {
    const { planWords, refuseWords } = await import('../plan-words.ts')
    const { approved, ...words } = await planWords(typed, given, runCommand)
    let { flags, context } = words
    const { commandSettings } = await import('../command-settings.ts')
    let { settings, origins } = await commandSettings(flags, context, { rehearses: true }).catch((error) =>
      refuseWords(error, approved, given.argv),
    )
    if (settings.run.resume === '') {
      const { chosenWords } = await import('../choose-resumed.ts')
      const chosen = await chosenWords(settings, flags, runCommand, context)
      ;({ flags, context } = chosen)
      ;({ settings, origins } = await commandSettings(flags, context, { rehearses: true }))
    }
    const { recordedWords } = await import('../recorded-words.ts')
    const recorded = approved ? null : await recordedWords(flags, { settings, origins }, context.output)
    if (recorded) ({ settings, origins } = await commandSettings(recorded.flags, context, { rehearses: true }))
    if (flags['show-settings'] === true) {
      showSettings(origins, context.output)
      return 0
    }
    if (settings.dryRun.faults.includes('help')) {
      const { printFaultHelp } = await import('../fault-help.ts')
      printFaultHelp(context.output)
      return 0
    }
    const { runHost } = await import('../confirm.ts')
    if (settings.dryRun.sweep && !settings.run.validateOnly) {
      if (approved) throw sweepOfPlan()
      const { sweep } = await import('../../sweep/sweep.ts')
      const { environment, cwd } = context
      return sweep(settings, { flags, environment, cwd }, runHost(context, true))
    }
    const { run } = await import('../../run/run.ts')
    return run(settings, runHost(context, settings.run.yes), { approved, identity: recorded?.identity ?? null })
  },
})

/** Only a run is held to a plan. */
function sweepOfPlan(): PromptRunnerError {
  return new PromptRunnerError(
    'PR_USAGE',
    '--sweep tries the first chunks again and again, which is no run of a plan',
    {
      hint: 'leave --plan out, or --sweep',
    },
  )
}

/** One line a setting: name, value, where it came from. Secrets arrive masked. */
function showSettings(origins: LoadedSettings['origins'], output: Output): void {
  const rows = [...origins].map(([name, { value, origin }]) => [name, valueText(value), origin.name] as const)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  const { dim } = output.colours
  for (const [name, value, origin] of rows) {
    output.print(`${name.padEnd(widths[0]!)}  ${value.padEnd(widths[1]!)}  ${dim(origin)}`)
  }
  output.result({
    settings: Object.fromEntries(
      [...origins].map(([name, { value, origin }]) => [name, { value, origin: origin.name }]),
    ),
  })
}

function valueText(
  value: LoadedSettings['origins'] extends ReadonlyMap<string, { value: infer V }> ? V : never,
): string {
  if (value === null) return '-'
  if (typeof value === 'object') return value.length === 0 ? '-' : value.join(', ')
  return String(value)
}
