import { expect, it } from 'vitest'
import { givenFaults } from '../../src/config/fault-file.ts'
import { temporaryFolder } from '../support/rehearse.ts'

it('tells every file of faults that cannot be read, in the order in which they were given', async () => {
  const folder = temporaryFolder({ 'a.yaml': `${' '.repeat(300_000)}[`, 'c.yaml': 'lost: reset' })
  await expect(
    givenFaults([`@${folder}/a.yaml`, `@${folder}/b.yaml`, `@${folder}/c.yaml#found`]),
  ).rejects.toMatchObject({
    code: 'PR_USAGE',
    message: [
      `the faults in ${folder}/a.yaml cannot be read`,
      `the faults in ${folder}/b.yaml cannot be read: there is no such file`,
      `--fault @${folder}/c.yaml#found: the file has no fault of that name`,
    ].join('; '),
  })
})
