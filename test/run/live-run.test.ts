import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { installNetwork } from '../../src/network/install.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { SimulatedService } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { callPr } from '../cli/call-pr.ts'
import { promptFile, temporaryFolder } from '../support/rehearse.ts'
import { serviceAccount } from '../support/service-account.ts'

/** A live run of two videos in this process, whose bucket is asked for films of either and answers with `status`, in its own time. */
async function runTwo(status: number, ms: (video: string) => number) {
  const cwd = temporaryFolder({
    'prompt_files/1.txt': promptFile('heron', 5),
    'prompt_files/2.txt': promptFile('otter', 5),
    'account.json': JSON.stringify(serviceAccount()),
  })
  const url = 'http://127.0.0.1:8188'
  const world = await simulatedServices('wan22-two-chunks', { clock: virtualClock(Date.now(), 0), newId: randomUUID })
  const services = world.all.map((service): SimulatedService => {
    if (service.name !== 'gcs') return service
    return {
      ...service,
      async http(request) {
        const prefix = new URL(request.url).searchParams.get('prefix')
        // The look whether the bucket answers at all is not about a film.
        if (prefix === null || prefix.startsWith('.')) return service.http(request)
        await wait(ms(prefix.split('/')[0]!))
        const message = `Nothing to be listed below ${prefix.split('/')[0]}.`
        return Response.json({ error: { code: status, message, errors: [{ message, reason: 'no' }] } }, { status })
      },
    }
  })
  const mayRun = () => true
  await using _network = await installNetwork({ services, hosts: hostTable(new URL(url)), mayRun })
  const env = { COMFYUI_URL: url, PR_BUCKET: 'gs://films', GOOGLE_APPLICATION_CREDENTIALS: join(cwd, 'account.json') }
  const { exitCode, stderr } = await callPr(['--yes', '--width', '64', '--height', '64'], { cwd, env })
  return { exitCode, said: stderr.replaceAll(/\w+-\w+(?=\/ )/g, 'RUN') }
}

const answered = (video: string) =>
  `listing gs://films/${video}/RUN/ was answered with 404 (no): Nothing to be listed below ${video}.`

it.each(['heron', 'otter'])(
  'tells of every video that the bucket cannot be asked for, also when %s is first',
  async (first) => {
    expect(await runTwo(404, (video) => (video === first ? 0 : 50))).toEqual({
      exitCode: 1,
      said: `PR_STORAGE: ${answered('heron').slice(0, -1)}; ${answered('otter').slice(0, -1)}\n  hint: check that the bucket gs://films exists and is spelled right in --bucket\n`,
    })
  },
)

it.each(['heron', 'otter'])('warns once when nothing may be listed, also when %s is first', async (first) => {
  const { exitCode, said } = await runTwo(403, (video) => (video === first ? 0 : 50))
  expect([exitCode, said]).toEqual([
    0,
    expect.stringMatching(/^warning: Whether the bucket has films .*: listing gs:\/\/films\/heron\/.*\n$/),
  ])
})
