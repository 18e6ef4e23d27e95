import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

// What `npm test` does first: what the tests start is installed where that may be done, else one line says what to type.
// ffmpeg judges the simulated videos, Python is a client in another language, strace proves that a dry run opens no socket.
const tools = ['ffmpeg', 'python3', ...(process.platform === 'linux' ? ['strace'] : [])]
const missing = () => tools.filter((tool) => !isThere(tool))

if (missing().length > 0 && process.getuid?.() === 0 && isThere('apt-get')) {
  console.log(`The tests need ${missing().join(', ')}: installing`)
  aptGet('update')
  aptGet('install', '--yes', '--no-install-recommends', ...missing())
}
if (missing().length > 0) {
  console.error(`The tests need ${missing().join(', ')}: ${wayToInstall()} ${missing().join(' ')}`)
  process.exitCode = 1
}

function isThere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** What it says itself is enough when it fails; what is missing then is told below. */
function aptGet(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    execFileSync('apt-get', ['-qq', ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  } catch {}
}

function wayToInstall(): string {
  if (process.platform === 'darwin') return 'brew install'
  return isThere('apt-get') ? `${process.getuid?.() === 0 ? '' : 'sudo '}apt-get install` : 'install'
}
