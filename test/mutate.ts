import { spawnSync } from 'node:child_process'
import { roomsCalled } from './support/mutated-rooms.ts'

// `npm run mutate` for every room, `npm run mutate -- state network` for some; what follows a `--` is for Stryker.
const args = process.argv.slice(2)
const end = args.includes('--') ? args.indexOf('--') : args.length
const failed = roomsCalled(args.slice(0, end)).filter((room) => {
  const stryker = ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', '.stryker.config.mjs']
  const env = { ...process.env, MUTATED_ROOM: room }
  return spawnSync(process.execPath, [...stryker, ...args.slice(end + 1)], { env, stdio: 'inherit' }).status !== 0
})
if (failed.length > 0)
  throw new Error(`too many changes go unnoticed, or the tests fail without any: ${failed.join(', ')}`)
