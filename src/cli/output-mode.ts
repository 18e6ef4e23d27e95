import { type Parser, presence, truth } from '../config/parse-value.ts'
import type { LogLevel, Settings } from '../config/settings-types.ts'

/** What the output has to know. */
export interface OutputMode {
  readonly logLevel: LogLevel
  readonly json: boolean
  readonly quiet: boolean
  readonly colour: boolean
  readonly ci: boolean
  /** The terminal has no cursor that could be moved. */
  readonly dumb: boolean
  /** Marks every line. */
  readonly dryRun: boolean
}

/** How output is written under these settings. */
export const modeOf = ({ output, dryRun }: Settings): OutputMode => ({ ...output, dryRun: dryRun.enabled })

/** Only the command without a name knows of dry runs. */
const isRun = (argv: readonly string[]) => argv.length === 0 || argv[0] === 'run' || argv[0]!.startsWith('-')

/** For what is said before the settings are known: wrong flags, wrong settings. */
export function modeBeforeSettings(argv: readonly string[], environment: NodeJS.ProcessEnv): OutputMode {
  const says = (variable: string, parse: Parser<boolean> = presence) => {
    const parsed = parse(environment[variable] ?? '', '')
    return 'value' in parsed && parsed.value
  }
  const dumb = environment['TERM'] === 'dumb'
  return {
    logLevel: 'INFO',
    json: argv.includes('--json'),
    quiet: false,
    colour: !says('NO_COLOR') && !says('CI') && !dumb,
    ci: says('CI'),
    dumb,
    dryRun: isRun(argv) && (argv.includes('--dry-run') || says('DRY_RUN', truth)),
  }
}
