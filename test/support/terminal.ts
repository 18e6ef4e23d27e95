import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { screen } from './screen.ts'

/** A program in a terminal of its own. */
export interface Terminal {
  /** All that it has written, as it came. */
  said(): string
  /** What stands on the screen. */
  rows(): string[]
  type(text: string): void
  readonly exited: Promise<number | null>
}

/** Starts a program in a pseudo-terminal of so many columns. */
export function inTerminal(
  columns: number,
  command: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Terminal {
  const child: ChildProcess = spawn('python3', ['-c', PTY, String(columns), ...command], { ...options, stdio: 'pipe' })
  let said = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const exited = once(child, 'close').then(([code]) => code as number | null)
  return {
    said: () => said,
    rows() {
      const terminal = screen(columns)
      terminal.write(said)
      return terminal.rows()
    },
    type: (text) => void child.stdin!.write(text),
    exited,
  }
}

// Node has no pseudo-terminals.
const PTY = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack('HHHH', 24, int(sys.argv[1]), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if 0 in ready:
        os.write(terminal, os.read(0, 100))
    if terminal in ready:
        try:
            said = os.read(terminal, 65536)
        except OSError:
            break
        if not said:
            break
        os.write(1, said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`
