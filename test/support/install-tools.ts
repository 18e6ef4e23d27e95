import { execFileSync } from 'node:child_process'
import { browserHere, isOnPath } from './on-path.ts'

// What `npm test` does first: what the tests start is installed where that may be done, else one line says what to type.
// ffmpeg judges the simulated videos, Python is a client in another language, strace proves that a dry run opens no socket.
const tools = ['ffmpeg', 'python3', ...(process.platform === 'linux' ? ['strace'] : [])]
const missing = () => tools.filter((tool) => !isOnPath(tool))

if (missing().length > 0 && isRoot()) {
  console.log(`The tests need ${missing().join(', ')}: installing`)
  aptGet('update')
  aptGet('install', '--yes', '--no-install-recommends', ...missing())
}
if (missing().length > 0) {
  console.error(`The tests need ${missing().join(', ')}: ${wayToInstall()} ${missing().join(' ')}`)
  process.exitCode = 1
} else browser()

/** What it says itself is enough when it fails; what is missing then is told below. */
function aptGet(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  } catch {}
}

/** Reports are opened in a browser where there is one; everything else is tested without it. */
function browser(): void {
  if (browserHere() === undefined && isRoot()) {
    console.log('A test opens pages in chromium: installing')
    aptGet('update')
    aptGet('install', '--yes', '--no-install-recommends', 'chromium')
  }
  if (browserHere() === undefined) console.log(`No page is opened in a browser: ${wayToInstall()} chromium`)
}

function isRoot(): boolean {
  return process.getuid?.() === 0 && isOnPath('apt-get')
}

function wayToInstall(): string {
  if (process.platform === 'darwin') return 'brew install'
  return isOnPath('apt-get') ? `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install` : 'install'
}
