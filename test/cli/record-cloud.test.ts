import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { hostTable } from '../../src/network/host-table.ts'
import { serveNetwork } from '../../src/network/serve.ts'
import { createServiceServer } from '../../src/network/server.ts'
import { loadRecording } from '../../src/recording/load-recording.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { newFolder, runPr } from './run-pr.ts'

const HOSTS = ['storage.googleapis.com', 'oauth2.googleapis.com', 'www.googleapis.com', 'api.runpod.io']
const example = fileURLToPath(new URL('../../fixtures/prompt_files/example.txt', import.meta.url))

/** ComfyUI, Google and RunPod on loopback, the latter two under their own names: what `pr` connects to them is led here. */
async function standIns() {
  const secrets: string[] = []
  const newId = () => {
    secrets.push(crypto.randomUUID())
    return secrets.at(-1)!
  }
  const { comfyui, all } = await simulatedServices('wan22-two-chunks', { clock: virtualClock(Date.now(), 0), newId })
  const served = await serveNetwork({ services: [comfyui], port: 0 })
  const folder = newFolder()
  const tls = certificate(folder)
  const hosts = hostTable(served.addresses.comfyui!)
  const sent: string[] = []
  const cloud = createServiceServer({
    serviceAt(authority) {
      const service = all.find(({ name }) => name === hosts.serviceAt(authority))
      if (!service) return null
      return {
        async http(request) {
          const right = request.headers.get('authorization')?.replace('Bearer ', '')
          if (right !== undefined) secrets.push(right)
          if (new URL(request.url).pathname === '/token')
            secrets.push((await request.clone().text()).split('assertion=')[1]!)
          sent.push(`${request.method} ${new URL(request.url).pathname}`)
          return service.http(request)
        },
      }
    },
    onUnknown: () => {},
  })
  const front = createServer(tls, (socket) => cloud.http.emit('connection', socket)).listen(0, '127.0.0.1')
  await once(front, 'listening')
  onTestFinished(async () => {
    await served[Symbol.asyncDispose]()
    cloud.http.closeAllConnections()
    front.close()
  })
  return {
    url: served.addresses.comfyui!.href,
    secrets,
    sent,
    env: redirected(folder, (front.address() as AddressInfo).port),
  }
}

function certificate(folder: string) {
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = `subjectAltName=${HOSTS.map((host) => `DNS:${host}`).join(',')}`
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile]
  execFileSync('openssl', ['req', '-x509', ...key, '-subj', '/CN=cloud', '-addext', names, '-out', certFile], {
    stdio: 'ignore',
  })
  return { key: readFileSync(keyFile), cert: readFileSync(certFile) }
}

/** An environment in which connections to the hosts go to a port of this machine; every lookup of another name fails. */
function redirected(folder: string, port: number) {
  const code = `import { Socket } from 'node:net'
    const connect = Socket.prototype.connect
    Socket.prototype.connect = function (...args) {
      const [options] = Array.isArray(args[0]) ? args[0] : args
      if (${JSON.stringify(HOSTS)}.includes(options.host)) Object.assign(options, { host: '127.0.0.1', port: ${port} })
      return connect.apply(this, args)
    }`
  writeFileSync(join(folder, 'preload.mjs'), code)
  return { NODE_OPTIONS: `--import ${join(folder, 'preload.mjs')}`, NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') }
}

it('records what a pipeline says to Google and RunPod, without tokens, sessions and assertions', async () => {
  const { url, secrets, sent, env } = await standIns()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const account = {
    type: 'service_account',
    client_email: 'otter@films.test',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: 'https://oauth2.googleapis.com/token',
  }
  const cwd = newFolder({ 'account.json': JSON.stringify(account) })
  const rights = {
    GOOGLE_APPLICATION_CREDENTIALS: join(cwd, 'account.json'),
    RUNPOD_API_KEY: 'rpa_OTTER0123456789OTTER',
  }
  const where = ['--comfyui-url', url, '--bucket', 'gs://films/otters', '--pod-id', 'otter1pod2']
  const args = ['record', '--name', 'film', '--prompt-file', example, ...where, '--yes', '--quiet']
  const { stdout, stderr, exitCode } = await runPr(args, { cwd, env: { ...env, ...rights } })
  expect([stdout, stderr, exitCode]).toEqual(['Recorded recordings/film, verified by a replay: it is new.\n', '', 0])

  const folder = join(cwd, 'recordings/film')
  expect(readdirSync(folder)).toEqual(['bodies', 'comfyui.har', 'gcs.har', 'runpod.har'])
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((item) => item.isFile())
  const text = files.map((item) => readFileSync(join(item.parentPath, item.name), 'latin1')).join('\n')
  const sessions = secrets.filter((secret) => secret.length > 20)
  expect(sessions.length).toBeGreaterThan(3)
  for (const secret of [...sessions, account.private_key as string, rights.RUNPOD_API_KEY])
    expect(text).not.toContain(secret)

  const { entries } = await loadRecording(folder)
  const cloud = entries.filter(({ facts }) => facts['service'] !== 'comfyui')
  expect(cloud.map(({ method, url: { pathname } }) => `${method} ${pathname}`)).toEqual(sent)
  expect(new Set(sent.filter((line) => line.includes('pods')))).toEqual(new Set(['GET /v2/pods/otter1pod2']))
  const session = cloud.find(
    ({ method, url: { search } }) => method === 'POST' && search.includes('uploadType=resumable'),
  )!
  expect(session.responseHeaders.get('location')).toMatch(/&upload_id=\{\{secret:upload_id\}\}$/)
  expect(cloud.filter(({ method }) => method === 'PUT').map(({ url }) => url.searchParams.get('upload_id'))).toEqual(
    Array.from({ length: 2 }, () => '{{secret:upload_id}}'),
  )
  const token = cloud.find(({ url: { pathname } }) => pathname === '/token')!
  expect(Buffer.from(token.requestBody()).toString()).toMatch(/^grant_type=[^&]+&assertion=\{\{secret:assertion\}\}$/)

  const rehearsal = ['--dry-run', '--recording', 'film', '--prompt-file', example, ...where, '--quiet']
  const dryRun = await runPr(rehearsal, { cwd, env: rights })
  expect([dryRun.stderr, dryRun.exitCode]).toEqual(['', 0])
}, 60_000)
