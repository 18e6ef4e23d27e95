import { limits } from '../../domain/limits.ts'
import { behaviourList } from '../parse-behaviours.ts'
import { fault, list, number, oneOf, path, presence, text, truth } from '../parse-value.ts'
import { type Setting, setting, type settingGroups } from '../setting.ts'

const toggle = (group: (typeof settingGroups)[number], describe: string): Setting<boolean, boolean, boolean> =>
  setting({ group, describe, shows: null, parse: truth, fallback: false })

/** How to run, rehearse and report. */
export const runSettings = {
  resume: setting({
    group: 'Run',
    describe: 'go on with an earlier run',
    shows: 'NAME',
    parse: text(/^(?!\.)[\w.-]+$/, 'must be the name of an earlier run'),
    fallback: null,
  }),
  maxRetries: setting({
    group: 'Run',
    describe: 'attempts after the first one, per job',
    shows: 'N',
    parse: number(limits.maxRetries),
    fallback: 3,
  }),
  outputDir: setting({
    group: 'Run',
    describe: 'where the files of a run go',
    shows: 'DIR',
    otherwise: 'ComfyUI/output/prompt-runner in /workspace, else output/prompt-runner',
    parse: path,
    fallback: null,
  }),
  noUpload: toggle('Run', 'leave the finished video here'),
  keepIntermediate: toggle('Run', 'download everything and delete nothing'),
  noShutdown: toggle('Run', 'keep the pod when the run is done; this is the default'),
  forceShutdown: toggle('Run', 'shut the pod down when the run is done'),
  validateOnly: toggle('Run', 'check prompt files, bindings and workflows, then stop'),
  yes: toggle('Run', 'do not ask before a live run'),
  dryRun: setting({
    group: 'Dry run',
    describe: 'rehearse: same code, simulated network',
    shows: null,
    variable: 'DRY_RUN',
    parse: truth,
    fallback: false,
  }),
  engine: setting({
    group: 'Dry run',
    describe: 'what simulates the network: wire or msw',
    shows: 'NAME',
    parse: oneOf('wire', 'msw'),
    fallback: 'wire',
  }),
  recording: setting({
    group: 'Dry run',
    describe: 'recording to answer from: a name or a HAR file',
    shows: 'NAME|FILE',
    parse: text(),
    fallback: 'wan22-two-chunks',
  }),
  speed: setting({
    group: 'Dry run',
    describe: 'scale of waiting: 0 none, 1 as recorded',
    shows: 'N',
    parse: number(limits.speed),
    fallback: 0,
  }),
  behaviours: setting({
    group: 'Dry run',
    describe: 'what node classes do, by code: defineBehaviour({ … })',
    shows: 'LIST',
    codeOnly: true,
    parse: behaviourList,
    fallback: [],
  }),
  realFfmpeg: toggle('Dry run', 'run the real ffmpeg on the replayed video'),
  strict: toggle('Dry run', 'fail when a recording is never used'),
  faults: setting({
    group: 'Dry run',
    describe: 'what is to go wrong and where, repeatable; --fault help lists all',
    shows: 'FAULT',
    flag: 'fault',
    repeatable: true,
    parse: list(fault),
    fallback: [],
  }),
  dryRunTempDir: setting({
    group: 'Dry run',
    describe: 'where run folders go',
    shows: 'DIR',
    variable: 'DRY_RUN_TEMP_DIR',
    environmentOnly: true,
    parse: path,
    fallback: null,
  }),
  startTime: setting({
    group: 'Dry run',
    describe: 'when a dry run begins on its own clock, for runs that are to be equal to the byte',
    shows: 'EPOCH-SECONDS',
    // https://reproducible-builds.org/specs/source-date-epoch/
    variable: 'SOURCE_DATE_EPOCH',
    environmentOnly: true,
    parse: number(limits.startTime),
    fallback: null,
  }),
  logLevel: setting({
    group: 'Output',
    describe: 'DEBUG, INFO, WARNING or ERROR',
    shows: 'LEVEL',
    variable: 'LOG_LEVEL',
    parse: oneOf('DEBUG', 'INFO', 'WARNING', 'ERROR'),
    fallback: 'INFO',
  }),
  json: toggle('Output', 'print one machine-readable object instead'),
  quiet: toggle('Output', 'print only the result, warnings and errors'),
  noColor: setting({
    group: 'Output',
    describe: 'no colours',
    shows: null,
    variable: 'NO_COLOR',
    environmentOnly: true,
    parse: presence,
    fallback: false,
  }),
  ci: setting({
    group: 'Output',
    describe: 'no questions, no colours, no moving cursor',
    shows: null,
    variable: 'CI',
    environmentOnly: true,
    parse: presence,
    fallback: false,
  }),
}
