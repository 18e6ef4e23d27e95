import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/rehearse.ts'
import { callPr } from './call-pr.ts'

/** What bash offers for a line of which the last word is not finished. */
async function offered(line: string, shell = 'bash'): Promise<string[]> {
  const cwd = temporaryFolder({
    'recordings/mine/comfyui.har': '',
    'recordings/README.md': '',
    'output/prompt-runner/state/calm-wren.jsonl': '',
    'output/prompt-runner/state/calm-wren.lock': '',
    'temp_dry_run_20261123_120000/summary.json': '',
  })
  const file = join(cwd, 'pr.bash')
  writeFileSync(file, (await callPr(['completion', shell])).stdout.replace(/^autoload.*\n/, ''))
  const words = line.split(' ')
  const set = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
  const script = `. ${file}; ${set}; _prompt_runner; printf '%s\\n' "\${COMPREPLY[@]}"; complete -p pr prompt-runner >&2`
  return execFileSync('bash', ['--norc', '-c', script], { cwd, encoding: 'utf8', stdio: 'pipe' })
    .split('\n')
    .filter(Boolean)
}

it.each([
  ['pr va', ['validate']],
  ['pr re', ['redo', 'record']],
  ['pr validate --str', ['--strict']],
  ['pr validate --vers', ['--version']],
  ['pr --dry', ['--dry-run']],
  ['pr run --sweep-', ['--sweep-chunks']],
  ['pr validate otter', []],
  ['pr --engine ', ['wire', 'msw']],
  ['pr validate --log-level ', []],
  ['pr serve --log-level D', ['DEBUG']],
  ['pr --upload ', ['film', 'all']],
  ['pr record --classes ', ['used', 'all']],
  ['pr --dry-run --fault ', ['help']],
  ['pr help res', ['resume']],
  ['pr help red', ['redo']],
  ['pr completion f', ['fish']],
  ['pr --dry-run --recording ', ['wan22-two-chunks', 'comfyui-smoke', 'mine']],
  ['pr --resume calm', ['calm-wren']],
  ['pr redo ', ['calm-wren']],
  ['pr diff temp', ['temp_dry_run_20261123_120000']],
  ['pr report ', ['calm-wren', 'temp_dry_run_20261123_120000']],
  ['pr record --from-run ', ['calm-wren', 'temp_dry_run_20261123_120000']],
  ['pr schema ', ['prompt', 'config']],
])('offers what may follow %s', async (line, words) => {
  const all = await offered(line)
  expect(all).toEqual(expect.arrayContaining(words))
  expect(all.filter((word) => !word.startsWith(line.split(' ').at(-1)!))).toEqual([])
})

it('knows zsh and fish, and no other shell', async () => {
  expect(await offered('pr va', 'zsh')).toEqual(['validate'])
  const { stdout } = await callPr(['completion', 'fish'])
  expect(stdout).toContain("complete -c pr -n __fish_use_subcommand -a redo -d '")
  expect(stdout).toContain("complete -c prompt-runner -n '__fish_seen_subcommand_from validate' -l strict -d '")
  expect(stdout).toContain("-n '__fish_seen_subcommand_from record' -l classes -r -a 'used all' -d '")
  expect(stdout).toContain("-n '__fish_seen_subcommand_from redo' -a '(ls output/prompt-runner/state ")
  const { exitCode, stderr } = await callPr(['completion', 'tcsh'])
  expect([exitCode, stderr]).toEqual([
    2,
    'PR_USAGE: there is no completion for "tcsh"\n  hint: give one of bash, zsh, fish\n',
  ])
})
