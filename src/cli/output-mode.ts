import { presence } from '../config/parse-value.ts'
import type { LogLevel, Settings } from '../config/settings-types.ts'

/** What the output has to know. */
export interface OutputMode {
  readonly logLevel: LogLevel
  readonly json: boolean
  readonly quiet: boolean
  readonly colour: boolean
  readonly ci: boolean
  /** Marks every line. */
  readonly dryRun: boolean
}

/** How output is written under these settings. */
export const modeOf = ({ output, dryRun }: Settings): OutputMode => ({ ...output, dryRun: dryRun.enabled })

/** For what is said before the settings are known: wrong flags, wrong settings. */
export function modeBeforeSettings(argv: readonly string[], environment: NodeJS.ProcessEnv): OutputMode {
  const says = (variable: string) => 'value' in presence(environment[variable] ?? '', '')
  return {
    logLevel: 'INFO',
    json: argv.includes('--json'),
    quiet: false,
    colour: !says('NO_COLOR') && !says('CI'),
    ci: says('CI'),
    dryRun: argv.includes('--dry-run'),
  }
}
