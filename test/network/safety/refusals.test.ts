import { expect, it } from 'vitest'
import { egressError, type Refusal, rememberRefusals } from '../../../src/network/safety/refusals.ts'

const address = 'check the address in the settings and in the environment'

it('remembers every refusal once, in the order of the first try', () => {
  const { refuse, refused } = rememberRefusals()
  refuse('dns', 'a.test')
  refuse('connection', 'a.test')
  refuse('dns', 'a.test')
  refuse('dns', 'b.test')
  expect(refused()).toEqual([
    { kind: 'dns', target: 'a.test' },
    { kind: 'connection', target: 'a.test' },
    { kind: 'dns', target: 'b.test' },
  ])
})

it('gives the one who tried an error as of Node', () => {
  const error = rememberRefusals('test').refuse('connection', 'a.test:80')
  expect({ ...error, message: error.message }).toEqual({
    code: 'ECONNREFUSED',
    syscall: 'connect',
    address: 'a.test:80',
    message: 'connect ECONNREFUSED a.test:80: nothing is simulated there, and a test opens no real connection',
  })
})

it.each<[Refusal, 'dry run' | 'test', string, string]>([
  [
    { kind: 'connection', target: 'a.test:80' },
    'dry run',
    'tried to connect to a.test:80',
    `simulated are: x, y; ${address}`,
  ],
  [
    { kind: 'connection', target: '127.0.0.1:9' },
    'dry run',
    'tried to connect to 127.0.0.1:9',
    `simulated are: x, y; ${address}`,
  ],
  [
    { kind: 'connection', target: '127.0.0.1:9' },
    'test',
    'tried to connect to 127.0.0.1:9',
    `simulated are: x, y, and no server of this process listens there; ${address}`,
  ],
  [
    { kind: 'connection', target: 'a.test:80' },
    'test',
    'tried to connect to a.test:80',
    `simulated are: x, y; ${address}`,
  ],
  [
    { kind: 'host', target: '127.0.0.1:9' },
    'test',
    'sent a request that names the host 127.0.0.1:9',
    `simulated are: x, y; ${address}`,
  ],
  [
    { kind: 'worker', target: 'w.js' },
    'test',
    'tried to start the worker thread w.js',
    'something in this process starts threads; switch it off for tests',
  ],
  [
    { kind: 'program', target: 'curl' },
    'dry run',
    'tried to start the program curl',
    'a program does not see the simulated network; only ffmpeg may run, with --real-ffmpeg',
  ],
  [
    { kind: 'program', target: 'curl' },
    'test',
    'tried to start the program curl',
    'a program does not see the simulated network; `mayRun` lets one run',
  ],
])('says of %j in a %s what was tried and what to do', (refusal, who, tried, hint) => {
  const error = egressError(refusal, ['x', 'y'], who)
  expect({ code: error.code, message: error.message, hint: error.hint }).toEqual({
    code: 'PR_EGRESS',
    message: `the ${who} ${tried}, which was refused; nothing left the machine`,
    hint,
  })
})
