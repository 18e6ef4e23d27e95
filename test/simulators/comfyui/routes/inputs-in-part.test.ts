import { join } from 'node:path'
import { expect, it } from 'vitest'
import { simulatedServices } from '../../../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../../../src/simulators/virtual-clock.ts'
import { temporaryFolder } from '../../../support/rehearse.ts'

const entry = (path: string, content: object, more: object = {}) => ({
  request: { method: 'GET', url: `http://gpu.test:8188${path}`, headers: [] },
  response: { status: 200, headers: [{ name: 'Content-Type', value: 'image/png' }], content, ...more },
})

it('gives an input file that was cut as it was cut, and none that was not kept', async () => {
  const entries = [
    entry('/object_info', { text: '{"EmptyImage": {}}' }),
    entry('/view?filename=cut.png&type=input', { text: 'PN' }, { _error: 'the server went away' }),
    entry('/view?filename=lost.png&type=input', { size: 5 }),
  ]
  const folder = temporaryFolder({ 'x.har': JSON.stringify({ log: { entries } }) })
  const options = { clock: virtualClock(0, 0), newId: () => 'id' }
  const { comfyui } = await simulatedServices(join(folder, 'x.har'), options)
  const ask = (name: string) => comfyui.http(new Request(`http://127.0.0.1/view?filename=${name}.png&type=input`))
  const cut = await ask('cut')
  expect([cut.status, cut.headers.get('x-pr-provenance')]).toEqual([200, 'recorded'])
  await expect(cut.text()).rejects.toThrow('the server went away')
  const lost = await ask('lost')
  expect([lost.status, lost.headers.get('x-pr-unmatched-cause')]).toEqual([
    501,
    'recorded without the body of its answer',
  ])
  expect((await ask('unknown')).status).toBe(404)
})
