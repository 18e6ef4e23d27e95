import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * `npm run kills`: real SIGKILLs of the built program and of its server, many more than the tests have time for. Exit code 1 when
 * anything is not as it is without them; then the folders of those runs are kept.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    kept: { type: 'string', default: '20' },
    lost: { type: 'string', default: '20' },
    seed: { type: 'string' },
  },
})
if (values.seed !== undefined) process.env['PR_SEED'] = values.seed
const { chosen, seed } = await import('../support/seeded.ts')
const { killAll } = await import('./kill-all.ts')

const program = resolve(process.env['PR_PROGRAM'] || 'dist/cli/bin.js')
if (!existsSync(program)) throw new Error(`${program} is missing: npm run build`)
const folder = mkdtempSync(join(tmpdir(), 'pr-kills-'))
const kills = { pr: Number(values.kills), kept: Number(values.kept), lost: Number(values.lost) }
const rows = await killAll({ program, folder, kills, chosen }, (line) => console.log(line))

console.log(`${'killed'.padEnd(22)}  runs  kills  prompts again  deviations`)
for (const { killed, runs, kills, again, deviations } of rows) {
  const figures = [String(runs).padStart(4), String(kills).padStart(5), String(again).padStart(13)]
  console.log([killed.padEnd(22), ...figures, String(deviations.length).padStart(10)].join('  '))
}
const isWrong = rows.some(({ deviations }) => deviations.length > 0)
console.log(isWrong ? `Kept in ${folder}; the same kills again: --seed ${seed}` : `seed ${seed}`)
if (!isWrong) rmSync(folder, { recursive: true })
process.exitCode = isWrong ? 1 : 0
