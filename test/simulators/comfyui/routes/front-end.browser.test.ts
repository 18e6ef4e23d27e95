import { expect, it, onTestFinished } from 'vitest'
import { serveNetwork } from '../../../../src/network/wire/serve.ts'
import { frontEndIn } from '../../../../src/simulators/comfyui/routes/front-end.ts'
import { simulatedServices } from '../../../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { openInBrowser } from '../../../support/browser.ts'
import { browserHere } from '../../../support/on-path.ts'

it('serves a front end that a real browser loads, and that queues, shows and reads back', async () => {
  const clock = virtualClock(Date.now(), 0)
  const newId = () => crypto.randomUUID()
  const { comfyui } = await simulatedServices('wan22-two-chunks', { clock, newId, answersFirst: true })
  await using network = await serveNetwork({ services: [frontEndIn('fixtures/front-end')(comfyui)], port: 0 })
  const page = await openInBrowser(browserHere()!, network.addresses.comfyui!.href)
  onTestFinished(() => page.close())
  const text = (id: string) => page.evaluate(`document.getElementById('${id}').textContent`)
  await expect.poll(() => page.evaluate('document.body.dataset.ready')).toBe('yes')
  expect(await text('classes')).toBe('404')
  expect(await page.evaluate('document.body.dataset.extension')).toBe('hello')
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(1, 2, 3)')

  await expect.poll(() => text('events')).toBe('status')
  await page.evaluate(`document.getElementById('queue').click()`)
  await expect.poll(() => text('workflow')).not.toBe('')
  expect(JSON.parse(String(await text('workflow')))).toMatchObject({ id: 'otter', nodes: [{ type: 'EmptyImage' }] })
  expect([await text('history'), await text('progress')]).toEqual(['success', '4 of 4'])
  await expect
    .poll(() => page.evaluate('[...document.images].map((image) => image.naturalWidth).sort()'))
    .toEqual([16, 32])

  await page.evaluate(`document.getElementById('refused').click()`)
  await expect.poll(() => text('refusal')).toBe('Value 0 smaller than min of 1')
  expect([page.complaints, network.problems()]).toEqual([
    ['Failed to load resource: the server responded with a status of 400 (Bad Request)'],
    [],
  ])
})
