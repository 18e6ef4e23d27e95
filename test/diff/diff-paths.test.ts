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

it('says that there is nothing to compare where neither side has traffic of ComfyUI', async () => {
  const entry = { request: { method: 'GET', url: 'http://elsewhere.test/' }, response: { status: 200 } }
  const har = JSON.stringify({ log: { entries: [entry] } })
  const folder = temporaryFolder({ 'a.har': har, 'b.har': har })
  await expect(diffPaths(`${folder}/a.har`, `${folder}/b.har`, null)).rejects.toMatchObject({
    code: 'PR_USAGE',
    message: `there is nothing to compare in ${folder}/a.har and ${folder}/b.har: neither holds traffic of ComfyUI`,
  })
})

it('compares what the servers of two recordings say', async () => {
  expect((await diffPaths('wan22-two-chunks', 'wan22-two-chunks', null)).server).toEqual([])
  const { equal, server } = await diffPaths('wan22-two-chunks', 'comfyui-smoke', null)
  expect(equal).toBe(false)
  expect(server).toContainEqual(expect.stringMatching(/^node classes gone: .*KSamplerAdvanced/))
})
