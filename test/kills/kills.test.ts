// Needs processes of its own: they are killed. `npm run kills` kills many more.
import { expect, it } from 'vitest'
import { program } from '../support/program.ts'
import { temporaryFolder } from '../support/rehearse.ts'
import { chosen, seed } from '../support/seeded.ts'
import { killAll } from './kill-all.ts'

it('leaves the same film and bucket, and pays for nothing twice, whenever the program or its server is killed', async () => {
  // All are compared with one run in which nothing is killed.
  const kills = { pr: 3, kept: 1, lost: 1 }
  const rows = await killAll({ program, folder: temporaryFolder(), kills, chosen }, () => {})
  const facts = rows.map(({ killed, kills, deviations }) => ({ killed, kills, deviations }))
  expect(facts, `PR_SEED=${seed}`).toEqual([
    { killed: 'pr', kills: kills.pr, deviations: [] },
    { killed: 'server, files kept', kills: kills.kept, deviations: [] },
    { killed: 'server, files lost', kills: kills.lost, deviations: [] },
  ])
})
