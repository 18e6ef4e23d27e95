import { cpSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { frontEndIn } from '../../../../src/simulators/comfyui/routes/front-end.ts'
import { type SimulatedService, UNMATCHED_HEADER } from '../../../../src/simulators/simulator.ts'
import { callPr } from '../../../cli/call-pr.ts'
import { temporaryFolder } from '../../../support/folders.ts'
import { freshSimulator, ORIGIN } from '../reach-simulator.ts'

let served: SimulatedService
beforeAll(() => {
  const folder = temporaryFolder()
  const root = join(folder, 'static')
  cpSync('fixtures/front-end', root, { recursive: true })
  for (const name of ['otter.png', 'index.locales.json', 'prompt']) writeFileSync(join(root, name), name)
  writeFileSync(join(folder, 'secret.js'), 'secret')
  symlinkSync(join(folder, 'secret.js'), join(root, 'out.js'))
  served = frontEndIn(root)(freshSimulator())
})

/** Status, type, how long it may be kept, the first letters, and whether it counts as unanswered. */
async function seen(path: string, method = 'GET') {
  const answer = await served.http(new Request(ORIGIN + path, { method }))
  const header = (name: string) => answer.headers.get(name)
  const text = (await answer.text()).slice(0, 9)
  return [answer.status, header('content-type'), header('cache-control'), text, answer.headers.has(UNMATCHED_HEADER)]
}

it.each([
  ['GET', '/', [200, 'text/html', 'no-cache', '<!doctype', false]],
  ['HEAD', '/', [200, 'text/html', 'no-cache', '', false]],
  ['GET', '/index.html', [200, 'text/html', null, '<!doctype', false]],
  ['GET', '/assets/app.js?v=1', [200, 'application/javascript; charset=utf-8', 'no-cache', '// A fron', false]],
  ['GET', '/assets/style.css', [200, 'text/css', 'no-cache', 'body {\n  ', false]],
  ['GET', '/otter.png', [200, 'image/png', 'public, max-age=86400', 'otter.png', false]],
  ['GET', '/index.locales.json', [200, 'application/json', 'no-cache', 'index.loc', false]],
  ['GET', '/extensions', [200, 'application/json; charset=utf-8', null, '["/extens', false]],
  ['GET', '/prompt', [200, 'application/json; charset=utf-8', null, '{"exec_in', false]],
  ['POST', '/assets/app.js', [405, 'text/plain; charset=utf-8', null, '405: Meth', true]],
  ['GET', '/assets/none.js', [404, 'application/octet-stream', null, '', false]],
  ['GET', '/assets', [404, 'application/octet-stream', null, '', true]],
  ['GET', '/of/a/pack', [404, 'application/octet-stream', null, '', true]],
  ['GET', '/api/of-a-pack.json', [404, 'application/octet-stream', null, '', true]],
])('answers %s %s by its routes, then by the files of the front end', async (method, path, expected) => {
  expect(await seen(path, method)).toEqual(expected)
})

it.each(['/../secret.js', '/..%2fsecret.js', '/assets/..%2f..%2fsecret.js', '/out.js', '/%00.js', '/%e0%a4%a.js'])(
  'gives no file for %s, which leads out or nowhere',
  async (path) => {
    expect(await seen(path)).toEqual([404, 'application/octet-stream', null, '', false])
  },
)

it('wants the folder of a built front end', async () => {
  const { transcript } = await callPr(['serve', '--front-end-root', 'fixtures/front-end/assets'])
  expect(transcript).toMatchInlineSnapshot(`
    "$ pr serve --front-end-root fixtures/front-end/assets
    PR_USAGE: --front-end-root fixtures/front-end/assets has no index.html
      hint: it is to be the folder of a built front end: comfyui_frontend_package/static of the Python package comfyui-frontend-package
    exit code 2
    "
  `)
})
