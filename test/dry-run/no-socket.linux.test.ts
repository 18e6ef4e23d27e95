// Needs processes of its own: strace sees what the shipped program asks of the system.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bareEnvironment } from '../cli/run-pr.ts'
import { program } from '../support/program.ts'
import { filesIn, promptFile, rehearsalFolder, runFolder } from '../support/rehearse.ts'
import { serviceAccount } from '../support/service-account.ts'
import { traced } from '../support/strace.ts'

const apiKey = 'rpa_0123456789ABCDEFGHIJ'

/** Every kind of job and of request: more of them would only be slower to watch. */
const twoChunks = ['--width', '64', '--height', '64', '--frames-per-chunk', '13']

async function tracedRehearsal(
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
) {
  const cwd = rehearsalFolder({ 'prompt_files/heron.txt': promptFile('heron', 24), ...files })
  const environment = { ...bareEnvironment(), ...env }
  const traceable = [process.execPath, program, '--dry-run', ...twoChunks, ...args]
  const result = await traced(traceable, { cwd, env: environment })
  return { ...result, ...runFolder(cwd) }
}

it('sees a socket where there is one', async () => {
  const script = "require('node:net').connect(9, '127.0.0.1').on('error', () => {})"
  const { sockets, programs } = await traced([process.execPath, '-e', script], { cwd: '/', env: {} })
  expect(sockets).toContain('AF_INET')
  expect(programs).toEqual([process.execPath])
})

it('opens no socket that leads anywhere and starts no program', async () => {
  const { exitCode, sockets, programs } = await tracedRehearsal()
  expect(exitCode).toBe(0)
  // Google's library lists the network interfaces, which is asked of the kernel through a socket of its own kind.
  expect(sockets.filter((family) => family !== 'AF_NETLINK')).toEqual([])
  expect(programs).toEqual([process.execPath])
})

it('opens none through MSW, nock and mock-socket', async () => {
  const env = { RUNPOD_POD_ID: 'pod-1', RUNPOD_API_KEY: apiKey }
  const { exitCode, sockets, programs } = await tracedRehearsal(env, {}, ['--engine', 'msw'])
  expect(exitCode).toBe(0)
  expect(sockets.filter((family) => family !== 'AF_NETLINK')).toEqual([])
  expect(programs).toEqual([process.execPath])
})

it('opens none with credentials, a pod and an API key, and writes none of them down', async () => {
  const account = serviceAccount()
  const env = { GOOGLE_APPLICATION_CREDENTIALS: 'account.json', RUNPOD_POD_ID: 'pod-1', RUNPOD_API_KEY: apiKey }
  const run = await tracedRehearsal(env, { 'account.json': JSON.stringify(account) })
  expect(run.exitCode).toBe(0)
  expect(run.sockets.filter((family) => family !== 'AF_NETLINK')).toEqual([])
  expect(run.programs).toEqual([process.execPath])
  expect(Object.keys(run.summary.rehearsal.requests).toSorted()).toEqual(['comfyui', 'gcs', 'google-auth', 'runpod'])

  const keyLine = account['private_key']!.split('\n')[1]!
  for (const file of filesIn(run.folder)) {
    const text = readFileSync(join(run.folder, file), 'latin1')
    for (const secret of [keyLine, apiKey, 'eyJ']) expect(`${file} ${text.includes(secret)}`).toBe(`${file} false`)
  }
})

it('opens none with a proxy and an emulator in the environment', async () => {
  const proxy = 'http://proxy.invalid:3128'
  const { exitCode, output, sockets, programs } = await tracedRehearsal({
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    https_proxy: proxy,
    http_proxy: proxy,
    NODE_USE_ENV_PROXY: '1',
    STORAGE_EMULATOR_HOST: 'http://127.0.0.1:9',
  })
  expect(`${exitCode} ${output.split('\n').filter((line) => /PR_/.test(line))}`).toBe('0 ')
  expect(sockets.filter((family) => family !== 'AF_NETLINK')).toEqual([])
  expect(programs).toEqual([process.execPath])
})
