import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import * as path from '../../../../src/simulators/comfyui/files/python-path.ts'
import { fc } from '../../../support/seeded.ts'

const REFERENCE = `
import json, os.path as p, sys
print(json.dumps([[p.normpath(a), p.dirname(a), p.basename(a), list(p.splitext(a)), p.join(a, b), p.commonpath(['/' + a, '/' + b])]
  for a, b in json.load(sys.stdin)]))
`

it('agrees with Python on random paths', () => {
  const part = fc.constantFrom('a', 'b.png', '.', '..', '', '.x', 'a.tar.gz', '..y', 'dir', 'q.')
  const paths = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/'))
  const pairs = fc.sample(fc.tuple(paths, paths), { numRuns: 2000, seed: 1 })
  const output = execFileSync('python3', ['-c', REFERENCE], { input: JSON.stringify(pairs), encoding: 'utf8' })
  const ours = pairs.map(([a, b]) => [
    path.normpath(a),
    path.dirname(a),
    path.basename(a),
    path.splitext(a),
    path.join(a, b),
    path.commonpath(`/${a}`, `/${b}`),
  ])
  expect(ours).toEqual(JSON.parse(output))
})
