import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isSameTraffic } from './canonical-har.ts'
import type { Har } from './har.ts'
import { harText } from './har.ts'
import { linesIn } from './json-lines.ts'

/**
 * Puts a finished recording in the place of an older one. Each HAR is replaced in one step, ComfyUI's last. New bodies
 * come before the HARs, and bodies that no HAR names any more go after them, so that no HAR ever names a body that is
 * not there. A HAR with the same traffic as the old one only gives it its stamps. HARs of services that were not
 * recorded again stay.
 */
export function publishRecording(finished: string, target: string): { unchanged: boolean } {
  const hars = harsIn(finished).toSorted((a, b) => Number(a === 'comfyui.har') - Number(b === 'comfyui.har'))
  mkdirSync(join(target, 'bodies'), { recursive: true })
  let unchanged = true
  for (const body of namesIn(join(finished, 'bodies'))) {
    if (!existsSync(join(target, 'bodies', body))) {
      renameSync(join(finished, 'bodies', body), join(target, 'bodies', body))
    }
  }
  for (const name of hars) {
    const stamped = withNewStamps(join(target, name), join(finished, name))
    if (stamped !== null) writeFileSync(join(finished, name), stamped)
    else unchanged = false
    renameSync(join(finished, name), join(target, name))
  }
  for (const body of unnamedBodies(target)) rmSync(join(target, 'bodies', body))
  rmSync(finished, { recursive: true })
  return { unchanged }
}

/** The old file with the new `_pr`; null when there is none, or the traffic differs. */
function withNewStamps(old: string, fresh: string): string | null {
  if (!existsSync(old)) return null
  const [before, now] = [old, fresh].map((path) => JSON.parse(readFileSync(path, 'utf8')) as Har) as [Har, Har]
  if (!isSameTraffic(before, now)) return null
  return harText({ log: { ...before.log, ...(now.log._pr ? { _pr: now.log._pr } : {}) } })
}

/** Bodies that no HAR names, nor a file of frames that one names. */
function unnamedBodies(target: string): string[] {
  const texts = harsIn(target).map((name) => readFileSync(join(target, name), 'utf8'))
  const unnamed = new Set(namesIn(join(target, 'bodies')).filter((body) => !texts.some((text) => text.includes(body))))
  const sockets = namesIn(join(target, 'bodies')).filter((body) => body.endsWith('.jsonl') && !unnamed.has(body))
  for (const socket of sockets) {
    for (const line of linesIn(join(target, 'bodies', socket))) {
      const [, body = ''] = /"_file":"bodies\/([^"]+)"/.exec(line) ?? []
      unnamed.delete(body)
    }
  }
  return [...unnamed]
}

const harsIn = (folder: string) => namesIn(folder).filter((name) => name.endsWith('.har'))

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder).toSorted() : [])
