import { copyFileSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { openInBrowser } from '../../support/browser.ts'
import { browserHere } from '../../support/on-path.ts'
import { promptFile, rehearse, temporaryFolder } from '../../support/rehearse.ts'

const axe = createRequire(import.meta.url).resolve('axe-core')

it('shows a run in a browser without an error, a request or anything that is too wide for a phone', async () => {
  const files = { 'prompt_files/heron.txt': promptFile('heron', 26) }
  const { folder } = await rehearse(['--frames-per-chunk', '13', '--width', '64', '--height', '64'], { files })
  // Away from all other files of the run.
  const alone = join(temporaryFolder(), 'report.html')
  copyFileSync(join(folder, 'report.html'), alone)
  const url = pathToFileURL(alone).href
  const page = await openInBrowser(browserHere()!, url)
  const count = (selector: string) => page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`)
  const type = (words: string) =>
    page.evaluate(`{
      const field = document.getElementById('jobs-filter')
      field.value = ${JSON.stringify(words)}
      field.dispatchEvent(new Event('input'))
      document.getElementById('jobs-count').textContent
    }`)

  expect([await count('#jobs > li'), await count('#jobs svg')]).toEqual([6, 0])
  expect(await count('#traffic tr')).toBeGreaterThan(15)
  expect(await type('combine')).toBe('2 of 2 found in 6')
  // The first tab stop in the list is the first job; Enter opens it.
  await page.evaluate(`document.querySelector('#jobs summary').focus()`)
  await page.press('Enter')
  expect(await count('#jobs svg')).toBe(1)
  expect(await count('#jobs svg .node')).toBe(5)
  // What keeps people from reading it: https://github.com/dequelabs/axe-core
  await page.evaluate(readFileSync(axe, 'utf8'))
  const barriers = () =>
    page.evaluate(`axe.run().then(({ violations, passes }) => passes.length < 10 ? ['hardly anything was looked at'] : violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' at ' + target)))`)
  const back = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
  await page.emulate({ width: 360 })
  expect([await page.evaluate('document.documentElement.scrollWidth'), await back()]).toEqual([
    360,
    'rgb(255, 255, 255)',
  ])
  expect(await barriers()).toEqual([])
  await page.emulate({ dark: true })
  expect([await back(), await barriers()]).toEqual(['rgb(13, 17, 23)', []])
  await page.emulate({ width: 360, dark: true })
  expect(await barriers()).toEqual([])
  await page.emulate({})
  expect(await barriers()).toEqual([])

  expect([page.requests, page.complaints]).toEqual([[url], []])
  await page.close()
})
