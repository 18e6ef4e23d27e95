import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { duringTheRun } from '../support/during-the-run.ts'
import { promptFile, rehearse } from '../support/rehearse.ts'

const files = { 'prompt_files/heron.txt': promptFile('heron', 49) }

/** Rehearses while `work` is done in the same process, and gives what a reader learns from it. */
async function rehearseWith(work: () => unknown) {
  const run = await rehearse([], { files, ...duringTheRun(work) })
  const { ok, exit_code, failures, rehearsal } = run.summary
  const { refused, unmatched, real_connections } = rehearsal
  const film = existsSync(join(run.folder, 'output/final/heron.mp4'))
  return { run, told: { exitCode: run.exitCode, film, ok, exit_code, failures, refused, unmatched, real_connections } }
}

it('ends with 5 and the host when something connects to the outside and hides its failure', async () => {
  const { run, told } = await rehearseWith(() => fetch('http://leak.invalid/steal').catch(() => {}))
  expect(told).toEqual({
    exitCode: 5,
    film: true,
    ok: false,
    exit_code: 5,
    failures: [
      {
        code: 'PR_EGRESS',
        message: 'the dry run tried to connect to leak.invalid:80, which was refused; nothing left the machine',
        hint: expect.stringMatching(/^simulated are: 127\.0\.0\.1:8188, storage\.googleapis\.com, /),
        problems: [],
      },
    ],
    refused: ['connection leak.invalid:80'],
    unmatched: [],
    real_connections: 0,
  })
  expect(run.stderr).toContain('*DRY-RUN* PR_EGRESS: the dry run tried to connect to leak.invalid:80')
  expect(run.stdout).toContain('*DRY-RUN* REFUSED: connection leak.invalid:80')
})

it.each([
  ['a look-up', () => lookup('leak.invalid', () => {}), 'dns leak.invalid'],
  ['a program', () => execFile('curl', ['leak.invalid'], () => {}), 'program curl leak.invalid'],
  ['a datagram', sendDatagram, 'udp'],
])('ends with 5 after %s', async (_, work, refused) => {
  const { told } = await rehearseWith(work)
  expect(told).toMatchObject({ exitCode: 5, film: true, exit_code: 5, real_connections: 0 })
  expect(told.refused).toEqual([expect.stringContaining(refused)])
})

it('ends with 3 and the nearest route when a request has no answer and its sender hides that', async () => {
  const { run, told } = await rehearseWith(() => fetch('http://127.0.0.1:8188/histories/last').catch(() => {}))
  expect(told).toEqual({
    exitCode: 3,
    film: true,
    ok: false,
    exit_code: 3,
    failures: [
      {
        code: 'PR_UNMATCHED_REQUEST',
        message: 'GET http://127.0.0.1:8188/histories/last: the simulation has no answer to this request',
        hint: expect.stringMatching(/^never recorded; the nearest thing known is .*\/history/),
        problems: [],
      },
    ],
    refused: [],
    unmatched: ['GET http://127.0.0.1:8188/histories/last'],
    real_connections: 0,
  })
  expect(run.stdout).toContain('*DRY-RUN* NO ANSWER: GET http://127.0.0.1:8188/histories/last')
})

it('ends with the highest code when several things go wrong', async () => {
  const { told } = await rehearseWith(() => {
    for (const at of ['http://127.0.0.1:8188/unheard-of', 'http://leak.invalid/']) fetch(at).catch(() => {})
  })
  expect(told).toMatchObject({ exitCode: 5, exit_code: 5 })
  expect(told.failures.map(({ code }: { code: string }) => code)).toEqual(['PR_EGRESS', 'PR_UNMATCHED_REQUEST'])
})

function sendDatagram(): void {
  const socket = createSocket('udp4')
  try {
    socket.send('x', 9, '192.0.2.1')
  } finally {
    socket.close()
  }
}
