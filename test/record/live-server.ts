import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { serveNetwork } from '../../src/network/wire/serve.ts'
import { atBasePath, simulatedServices } from '../../src/simulators/simulated-services.ts'
import type { Simulator } from '../../src/simulators/simulator.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { newFolder } from '../cli/run-pr.ts'

/** An image of one colour, saved; as the text of a workflow file. */
export const workflow = (colour: unknown, filename_prefix = 'otter') =>
  JSON.stringify({
    1: { class_type: 'EmptyImage', inputs: { width: 64, height: 64, batch_size: 1, color: colour } },
    2: { class_type: 'SaveImage', inputs: { images: ['1', 0], filename_prefix } },
  })

export interface LiveServer {
  /** May answer in its place. */
  readonly change?: (http: Simulator) => Simulator
  /** When it goes away: with the test, unless all tests of a file share it. */
  /** `/comfy`: a proxy shows the server below it. */
  readonly base?: string
  readonly until?: (end: () => Promise<void>) => void
}

/** A server on loopback that stands for a live one, and a folder with a workflow to record on it. */
export async function liveServer(
  recording = 'comfyui-smoke',
  { change = (http) => http, base = '', until = onTestFinished }: LiveServer = {},
) {
  let ids = 0
  const newId = () => {
    ids += 1
    return `00000000-0000-4000-8000-${String(ids).padStart(12, '0')}`
  }
  const { comfyui } = await simulatedServices(recording, { clock: virtualClock(Date.now(), 0), newId })
  const served = await serveNetwork({
    services: [atBasePath({ ...comfyui, http: change(comfyui.http) }, base)],
    port: 0,
  })
  until(async () => served[Symbol.asyncDispose]())
  const url = new URL(`${base}/`, served.addresses.comfyui!).href
  const cwd = newFolder({ 'otter.json': workflow(255, 'otter/{{run}}/image') })
  const args = ['record', '--name', 'otter', '--workflow', 'otter.json', '--comfyui-url', url]
  return { url, args, ...folderOf(cwd) }
}

/** Where the recording of the workflow is, below a folder. */
export function folderOf(cwd: string) {
  const har = join(cwd, 'recordings/otter/comfyui.har')
  return {
    cwd,
    har,
    read: () => readFileSync(har, 'utf8'),
    folders: () => readdirSync(join(cwd, 'recordings')),
  }
}
