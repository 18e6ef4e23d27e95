import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Whether a program can be started by its name. */
export function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** The browser that tests open pages in; undefined: there is none, and the tests named `.browser` do not run. */
export function browserHere(): string | undefined {
  return ['chromium', 'google-chrome'].find(isOnPath)
}
