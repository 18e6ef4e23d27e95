import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { unsupportedNode } from '../../src/cli/node-version.ts'

it.each(['22.22.2', '22.30.0', '24.15.0', '24.21.0', '26.0.0', '27.1.0', '30.0.0'])('takes Node %s', (version) => {
  expect(unsupportedNode(version)).toBeNull()
})

it.each(['12.0.0', '20.20.2', '22.22.1', '22.9.9', '23.11.0', '24.14.9', '25.9.0'])(
  'refuses Node %s in one line',
  (version) => {
    expect(unsupportedNode(version)).toBe(
      `prompt-runner needs Node 22.22.2, 24.15.0, 26.0.0 or a newer one of these lines, and this is Node ${version}. ` +
        'Get one from https://nodejs.org/en/download; inside the repository, `npm run pr -- …` brings its own.',
    )
  },
)

it('agrees with package.json', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(engines.node).toBe('^22.22.2 || ^24.15.0 || >=26.0.0')
})
