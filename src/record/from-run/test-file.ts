import type { RecordedRun } from '../../recording/recorded-run.ts'

/** A vitest file that replays the run of the recording called `name` and expects it to end as it did. */
export function testFile({ run, outcome }: RecordedRun, name: string): string {
  const codes = [...new Set(outcome.failures.flatMap(({ code, problems }) => codesIn(code, problems)))].join(', ')
  const title = quoted(`ends as the ${run.kind} run ${run.name} did: ${codes}`)
  return [
    `import { replayRun } from ${quoted('prompt-runner/replay')}`,
    `import { expect, it } from ${quoted('vitest')}`,
    '',
    `// Made by pr record --from-run ${run.name}. When the failure is mended, expect what is right instead.`,
    `it(${title}, { timeout: 60_000 }, async ({ signal }) => {`,
    `  expect(await replayRun(${quoted(name)}, { signal })).toEqual(${indented(outcome)})`,
    '})',
    '',
  ].join('\n')
}

/** A run fails with a code for all of it, and each film with one of its own. */
function codesIn(code: string, problems: readonly string[]): string[] {
  const own = problems.flatMap((problem) => /: (PR_[A-Z_]+): /.exec(problem)?.[1] ?? [])
  return own.length > 0 ? own : [code]
}

/** As JavaScript, in the quotes of this project. */
const quoted = (text: string) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

const indented = (value: object) => JSON.stringify(value, null, 2).replaceAll('\n', '\n  ')
