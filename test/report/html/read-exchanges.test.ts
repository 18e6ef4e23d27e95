import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readExchanges } from '../../../src/report/html/read-exchanges.ts'
import { temporaryFolder } from '../../support/folders.ts'

const entry = (at: string, more: object = {}) => ({
  startedDateTime: `2026-01-01T00:00:0${at}.000Z`,
  _resourceType: 'fetch',
  request: { method: 'POST', url: 'http://127.0.0.1:8188/"prompt', bodySize: 10 },
  response: { status: 200, bodySize: -1 },
  _pr: { service: 'comfyui', provenance: 'derived' },
  ...more,
})

it('tells what each line of traffic says, whatever has become of the file', () => {
  const socket = { _resourceType: 'websocket', response: { status: 101, bodySize: 0 } }
  const lines = [
    '{"log":{"entries":[',
    `${JSON.stringify(entry('3', { _pr: { service: 'gcs', fault: 'http 503' }, response: { status: 0, bodySize: 0, _error: 'reset' } }))},`,
    `${JSON.stringify(entry('1'))},`,
    `${JSON.stringify(entry('2', { ...socket, _webSocketMessages: [{}, {}] }))},`,
    `${JSON.stringify(entry('4', { ...socket, _webSocketMessages: ['x'.repeat(2 * 1024 * 1024)] }))},`,
    JSON.stringify(entry('5')).slice(0, 150),
    ']}}',
  ]
  const path = join(temporaryFolder(), 'traffic.har')
  writeFileSync(path, lines.join('\n'))
  const url = 'http://127.0.0.1:8188/"prompt'
  const common = { service: 'comfyui', method: 'POST', url, sent: 10, received: 0 }
  const start = Date.UTC(2026, 0, 1)
  expect(readExchanges(path)).toEqual([
    { ...common, at: start + 1_000, status: 200, note: 'derived' },
    { ...common, at: start + 2_000, status: 101, note: 'derived, 2 messages' },
    { ...common, at: start + 3_000, service: 'gcs', status: 0, note: 'fault: http 503, reset' },
    { ...common, at: start + 4_000, service: '', status: 101, sent: 0, note: 'too large to be read here' },
    { ...common, at: start + 5_000, service: '', status: 0, sent: 0, note: 'not to be read' },
  ])
  expect(readExchanges(join(path, '..', 'none.har'))).toEqual([])
})
