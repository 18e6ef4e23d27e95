import { faultTopics } from '../network/faults/grammar/fault-topics.ts'
import { table, wrap } from './help-text.ts'
import type { Output } from './output.ts'

/** What `--fault help` prints. */
export function printFaultHelp(output: Output): void {
  const text = [...intro, ...faultTopics().map(({ title, rows }) => [`${title}:`, ...table(rows)])]
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  output.print(text)
  output.result({ help: text })
}

const intro = [
  ['A fault says where something goes wrong in a rehearsal, what, and how often:'],
  ["  --fault '[after] [2nd] ANCHOR: ACTION[, times N|, always]'"],
  wrap(
    'Without "after" it happens before: the service never sees the request, the message is not sent yet. With it, the service has ' +
      'done what it was asked for, and only the answer is lost; the message was sent. "2nd" waits for the second time that the ' +
      'anchor is seen. SIZE is 64 KiB, 100 B or 2 MiB, TIME is 250 ms, 30 s or 5 min, texts with spaces stand in double quotes.',
    0,
  ),
  wrap(
    'Files hold faults by name, in YAML or JSON: --fault @faults.yaml takes all of them, --fault @faults.yaml#lost-answer one. In ' +
      'pr.config.yaml they are a list: faults.',
    0,
  ),
  wrap(
    'Some need connections of their own, which --engine msw has not. In a rehearsal times pass on its own clock; pr serve waits. ' +
      'A fault that never happens ends in exit code 3.',
    0,
  ),
  [
    'Examples:',
    ...[
      'POST /prompt of job 3: status 524',
      'after POST /prompt of job 3: reset',
      'GET /history of job 2: status 429 with retry-after 7, times 3',
      'step 2 of 4 of job 4: restart without files',
      'node Decode of job 2: out of memory',
      '2nd socket open: status 403, always',
      'after execution_cached of job 2: close 1006',
      'GET /view of job 2: truncate after 1 KiB',
      'chunk 2 of upload 1: status 503',
      'pod stop: status 409',
      'write of video of chunk 2: disk full',
      'after event job-finished of job 2: kill',
    ].map((spec) => `  pr --dry-run${spec.startsWith('pod') ? ' --pod-id p1 --force-shutdown' : ''} --fault '${spec}'`),
  ],
]
