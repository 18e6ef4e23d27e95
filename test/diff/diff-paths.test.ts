import { expect, it } from 'vitest'
import { diffPaths } from '../../src/diff/diff-paths.ts'
import { temporaryFolder } from '../support/rehearse.ts'

it('tells all that is wrong with both sides at once, in the order of the arguments', async () => {
  const folder = temporaryFolder({ 'a.har': `${' '.repeat(300_000)}{`, 'b.har': '[]' })
  await expect(diffPaths(`${folder}/a.har`, `${folder}/b.har`, null)).rejects.toMatchObject({
    code: 'PR_USAGE',
    message: [
      `${folder}/a.har cannot be compared: ${folder}/a.har is not JSON, so it cannot be a HAR`,
      `${folder}/b.har cannot be compared: ${folder}/b.har is not a HAR: the top level: Invalid input: expected object, received array`,
    ].join('; '),
  })
})
