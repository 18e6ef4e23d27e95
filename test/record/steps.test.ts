import { expect, it } from 'vitest'
import { workflowSteps } from '../../src/record/steps.ts'
import { temporaryFolder } from '../support/rehearse.ts'

it('tells every workflow that cannot be run, in the order of the flags', async () => {
  const folder = temporaryFolder({
    'a.json': `${' '.repeat(300_000)}[`,
    'b.json': '{"1":{"class_type":"Note","inputs":{}}}',
    'd.json': '{}',
  })
  const paths = ['a', 'b', 'c', 'd'].map((name) => `${folder}/${name}.json`)
  await expect(workflowSteps(paths)).rejects.toMatchObject({
    code: 'PR_TEMPLATE',
    message: [
      `${folder}/a.json cannot be run`,
      `reading the workflow ${folder}/c.json failed: there is no such file`,
      `${folder}/d.json cannot be run`,
    ].join('; '),
    problems: [{ file: `${folder}/a.json` }, { file: `${folder}/d.json` }],
  })
})
