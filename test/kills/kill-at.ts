import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'

/**
 * Loaded by Node before the program: ends its process by SIGKILL right before an act of a given number. An act is what others can see of
 * the program or what it learns of them: a change on the disk, a piece written to a connection, a piece read from one. They are counted
 * from the first that concerns the run's state, so that the moments depend on what the program does and not on how fast.
 */
const at = Number(process.env['KILL_AT'])
const report = process.env['KILL_COUNT']

let acts = 0
let hasBegun = false

function act(args: readonly unknown[]): void {
  hasBegun ||= args.some((each) => typeof each === 'string' && each.includes('/state'))
  if (!hasBegun) return
  acts += 1
  if (acts === at) process.kill(process.pid, 'SIGKILL')
}

// biome-ignore lint/suspicious/noExplicitAny: functions of many kinds are called as they were
type Methods = Record<string, any>

function watch(owner: Methods, names: readonly string[], counts: (args: readonly unknown[]) => boolean = () => true) {
  for (const name of names) {
    const original = owner[name]
    owner[name] = function (this: unknown, ...args: unknown[]) {
      if (counts(args)) act(args)
      return original.apply(this, args)
    }
  }
}

const changes = ['rename', 'rm', 'unlink', 'link', 'mkdir', 'copyFile', 'writeFile', 'truncate']
const isWriting = ([, flags]: readonly unknown[]) => flags !== undefined && flags !== 'r' && flags !== 0
watch(fs, [...changes.map((name) => `${name}Sync`), 'writeSync', 'fsyncSync', 'ftruncateSync', 'write', 'writev'])
watch(fs, ['openSync', 'open'], isWriting)
watch(fs.promises, changes)
watch(fs.promises, ['open'], isWriting)
syncBuiltinESMExports()
watch(Socket.prototype, ['_write', '_writev', 'push'])

if (report) process.on('exit', () => fs.writeFileSync(report, String(acts)))
