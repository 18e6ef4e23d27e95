import { PromptRunnerError } from '../../errors.ts'
import { defineCommand } from '../command.ts'
import { settingOptions } from '../setting-options.ts'

export const completionCommand = defineCommand({
  name: 'completion',
  describe: 'Print what teaches a shell the commands, flags and values of pr',
  options: {
    shell: { type: 'string', positional: true, describe: 'bash, zsh or fish' },
    ...settingOptions(['json']),
  },
  examples: [
    ['pr completion bash >> ~/.bashrc', 'for bash, from the next shell on'],
    ['pr completion zsh >> ~/.zshrc', 'for zsh'],
    ['pr completion fish > ~/.config/fish/completions/pr.fish', 'for fish'],
  ],
  async run({ shell: wanted }, { output, commands }) {
    const { completionScript, shells } = await import('../completion.ts')
    const shell = shells.find((name) => name === wanted)
    if (shell === undefined) {
      const message = wanted === undefined ? 'pr completion needs a shell' : `there is no completion for "${wanted}"`
      throw new PromptRunnerError('PR_USAGE', message, { hint: `give one of ${shells.join(', ')}` })
    }
    const script = completionScript(shell, commands)
    output.print(script.trimEnd())
    output.result({ shell, script })
    return 0
  },
})
