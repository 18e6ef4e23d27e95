// Needs processes of its own: they are killed. `npm run kills` kills many more.
import { expect, it } from 'vitest'
import { program } from '../support/program.ts'
import { temporaryFolder } from '../support/rehearse.ts'
import { chosen, seed } from '../support/seeded.ts'
import { killAll } from './kill-all.ts'

it('leaves the same film and bucket, and pays for nothing twice, whenever the program or the server is killed', async () => {
  const plan = { program, folder: temporaryFolder(), kills: 6, serverKills: 4, chosen }
  const rows = await killAll(plan, () => {})
  expect(
    rows.map(({ killed, kills, deviations }) => ({ killed, kills, deviations })),
    `PR_SEED=${seed}`,
  ).toEqual([
    { killed: 'pr', kills: 6, deviations: [] },
    { killed: 'server, files kept', kills: 2, deviations: [] },
    { killed: 'server, files lost', kills: 2, deviations: [] },
  ])
})
