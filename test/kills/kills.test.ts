// Needs processes of its own: they are killed. `npm run kills` kills many more.
import { expect, it } from 'vitest'
import { program } from '../support/program.ts'
import { temporaryFolder } from '../support/rehearse.ts'
import { chosen, seed } from '../support/seeded.ts'
import { killAll } from './kill-all.ts'

const none = { pr: 0, kept: 0, lost: 0 }

it.each([
  ['the program', { ...none, pr: 3 }],
  ['the server, which keeps its files', { ...none, kept: 1 }],
  ['the server, which loses its files', { ...none, lost: 1 }],
])('leaves the same film and bucket, and pays for nothing twice, whenever %s is killed', async (_, kills) => {
  const rows = await killAll({ program, folder: temporaryFolder(), kills, chosen }, () => {})
  const facts = rows.map(({ killed, kills, deviations }) => ({ killed, kills, deviations }))
  expect(facts, `PR_SEED=${seed}`).toEqual([
    { killed: 'pr', kills: kills.pr, deviations: [] },
    { killed: 'server, files kept', kills: kills.kept, deviations: [] },
    { killed: 'server, files lost', kills: kills.lost, deviations: [] },
  ])
})
