import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { temporaryFolder } from './folders.ts'

/** A page in a real Chromium, spoken to through a pipe. */
export interface BrowserPage {
  /** What the page said of errors, on its console and otherwise, since it was opened. */
  readonly complaints: readonly string[]
  /** Addresses of all requests, the page's own one first. */
  readonly requests: readonly string[]
  /** The value of an expression in the page, or what it promises. */
  evaluate(expression: string): Promise<unknown>
  /** A key that is pressed where the focus is. */
  press(key: 'Enter'): Promise<void>
  /** As if the window were so wide, in pixels, or of a reader who wants it dark. */
  emulate(view: { width?: number; dark?: boolean }): Promise<void>
  close(): Promise<void>
}

/** Opens an address in a Chromium that reaches no network but loopback. */
export async function openInBrowser(program: string, url: string): Promise<BrowserPage> {
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${temporaryFolder()}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  })
  const [complaints, requests]: string[][] = [[], []]
  let loaded = () => {}
  const isLoaded = new Promise<void>((resolve) => {
    loaded = resolve
  })
  const call = speak(browser, (method, { request, entry, exceptionDetails, args }) => {
    if (method === 'Network.requestWillBeSent') requests!.push(request.url)
    if (method === 'Log.entryAdded') complaints!.push(entry.text)
    if (method === 'Runtime.exceptionThrown') complaints!.push(exceptionDetails.exception?.description)
    if (method === 'Runtime.consoleAPICalled') complaints!.push(JSON.stringify(args))
    if (method === 'Page.loadEventFired') loaded()
  })
  const { targetId } = await call('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true })
  const ask = (method: string, params: object = {}) => call(method, params, sessionId)
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await ask(`${domain}.enable`)
  await ask('Page.navigate', { url })
  await isLoaded
  return {
    complaints: complaints!,
    requests: requests!,
    async evaluate(expression) {
      const { result, exceptionDetails } = await ask('Runtime.evaluate', {
        expression,
        returnByValue: true,
        awaitPromise: true,
      })
      if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description}`)
      return result.value
    },
    async press(key) {
      const press = { key, code: key, text: '\r', windowsVirtualKeyCode: 13 }
      for (const type of ['keyDown', 'keyUp']) await ask('Input.dispatchKeyEvent', { type, ...press })
      // What it changes is told of before the next frame.
      await ask('Runtime.evaluate', { expression: FRAMES, awaitPromise: true })
    },
    async emulate({ width = 1_200, dark = false }) {
      const value = dark ? 'dark' : 'light'
      await ask('Emulation.setDeviceMetricsOverride', { width, height: 800, deviceScaleFactor: 1, mobile: width < 500 })
      await ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
    },
    async close() {
      const ended = new Promise((resolve) => browser.once('close', resolve))
      await call('Browser.close')
      await ended
    },
  }
}

const FRAMES = 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))'

const FLAGS = [
  ...['--headless', '--remote-debugging-pipe', '--no-first-run', '--disable-gpu', '--disable-dev-shm-usage'],
  // Root, as in containers, has no sandbox.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  // It is to speak to nobody: not even a name is looked up.
  ...[
    '--disable-background-networking',
    '--disable-component-update',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ],
]

// biome-ignore lint/suspicious/noExplicitAny: the protocol has a thousand messages
type Message = any
type Call = (method: string, params?: object, sessionId?: string) => Promise<Message>

/** The protocol of the developer tools: JSON with a NUL behind each message. */
function speak({ stdio }: ChildProcess, hear: (method: string, params: Message) => void): Call {
  const [output, input] = [stdio[3] as Writable, stdio[4] as Readable]
  const waiting = new Map<number, (message: Message) => void>()
  let rest = ''
  input.setEncoding('utf8').on('data', (piece: string) => {
    const messages = (rest + piece).split('\0')
    rest = messages.pop()!
    for (const message of messages.map((text): Message => JSON.parse(text))) {
      if (message.id === undefined) hear(message.method, message.params)
      else waiting.get(message.id)?.(message)
    }
  })
  let last = 0
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      )
      output.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`)
    })
}
