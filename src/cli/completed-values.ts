import type { Command, Option } from './command.ts'
import { helpTopics } from './help-topics.ts'

/** What may stand behind a flag, or as an argument: words that are known, and what a shell runs to list those of its folder. */
export interface CompletedValues {
  readonly words: readonly string[]
  readonly listed?: string
}

/** Behind a flag; null where any text or file may stand. */
export function valuesOfFlag(name: string, { legal, choices }: Option): CompletedValues | null {
  const words = legal ?? choices?.map(String)
  if (words) return { words }
  return flagValues[name] ?? null
}

/** As an argument of a command; null where any text or file may stand. */
export function valuesOfArguments(
  { name }: Command,
  commands: readonly Command[],
  shells: readonly string[],
): CompletedValues | null {
  if (name === 'completion') return { words: shells }
  if (name === 'help') return { words: [...helpTopics(), ...commands].map((each) => each.name) }
  return argumentValues[name] ?? null
}

/** Journals of the output directory, where it is the usual one. */
const RUNS =
  "ls output/prompt-runner/state /workspace/ComfyUI/output/prompt-runner/state 2>/dev/null | sed -n 's/[.]jsonl$//p'"
const REHEARSALS = "ls -p 2>/dev/null | sed -n 's:^\\(temp_dry_run_.*\\)/$:\\1:p'"

const runs: CompletedValues = { words: [], listed: RUNS }
const runsAndRehearsals: CompletedValues = { words: [], listed: `${RUNS}; ${REHEARSALS}` }
const recordings: CompletedValues = {
  words: ['wan22-two-chunks', 'comfyui-smoke'],
  listed: "ls -p recordings 2>/dev/null | sed -n 's:/$::p'",
}

const flagValues: Readonly<Record<string, CompletedValues>> = {
  resume: runs,
  'from-run': runsAndRehearsals,
  recording: recordings,
  name: { words: [], ...(recordings.listed && { listed: recordings.listed }) },
  fault: { words: ['help'] },
  speed: { words: ['max', '1', '20'] },
}

const argumentValues: Readonly<Record<string, CompletedValues>> = {
  redo: runs,
  report: runsAndRehearsals,
  schema: { words: ['prompt', 'config'] },
  diff: { words: recordings.words, listed: `${RUNS}; ${REHEARSALS}; ${recordings.listed}` },
}
