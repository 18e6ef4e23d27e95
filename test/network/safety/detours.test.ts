import { expect, it } from 'vitest'
import { PROXIES, withoutDetours } from '../../../src/network/safety/detours.ts'
import { runPr } from '../../cli/run-pr.ts'
import { promptFile } from '../../support/rehearse.ts'

// Nobody listens there; a connection that is tried would end the rehearsal with 5.
const elsewhere = '127.0.0.1:9'

const detours = {
  HTTP_PROXY: `http://${elsewhere}`,
  https_proxy: `http://${elsewhere}`,
  GCE_METADATA_HOST: elsewhere,
}

it.each(['wire', 'msw'])(
  'rehearses with the engine %s where all detours are set, and asks nobody there',
  async (engine) => {
    const flags = ['--dry-run', '--engine', engine, '--width', '64', '--height', '64']
    const files = { 'prompt_files/otter.txt': promptFile('otter', 5) }
    const { exitCode, stderr, stdout } = await runPr(flags, { files, env: detours })
    expect([exitCode, stderr]).toEqual([0, ''])
    expect(stdout).toContain('real network connections: 0')
  },
)

it('knows the names of proxies in either spelling', () => {
  expect(PROXIES).toEqual(['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])
})

it('gives back what it has taken away', () => {
  const env = { HTTP_PROXY: 'http://proxy', PATH: '/bin' }
  {
    using _without = withoutDetours(['HTTP_PROXY', 'ALL_PROXY'], env)
    expect(env).toEqual({ PATH: '/bin' })
  }
  // A name that was not there is not there afterwards, not even without a value.
  expect(Object.entries(env)).toEqual([
    ['PATH', '/bin'],
    ['HTTP_PROXY', 'http://proxy'],
  ])
})
