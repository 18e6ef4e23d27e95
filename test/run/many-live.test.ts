import { join } from 'node:path'
import { expect, it } from 'vitest'
import { brokenRules } from '../../src/domain/money-rules.ts'
import { openFaults } from '../../src/network/faults/faults.ts'
import { parseFault } from '../../src/network/faults/grammar/parse-fault.ts'
import { installNetwork } from '../../src/network/install.ts'
import { hostTable } from '../../src/network/safety/host-table.ts'
import { simulatedFleet } from '../../src/run/many/simulated-fleet.ts'
import { openBooks } from '../../src/simulators/bookkeeper.ts'
import { simulatedServices } from '../../src/simulators/simulated-services.ts'
import { virtualClock } from '../../src/simulators/virtual-clock.ts'
import { callPr } from '../cli/call-pr.ts'
import { hurry, rehearsedPace } from '../support/hurry.ts'
import { journals } from '../support/journals.ts'
import { type Json, promptFile, temporaryFolder } from '../support/rehearse.ts'
import { simulateFfmpeg } from '../support/simulated-ffmpeg.ts'

const addresses = ['http://127.0.0.1:8188/', 'http://127.0.0.1:8189/']
const small = ['--width', '64', '--height', '64', '--frames-per-chunk', '13', '--no-upload', '--yes']

function folder(...names: readonly string[]): string {
  return temporaryFolder(Object.fromEntries(names.map((name) => [`prompt_files/${name}.txt`, promptFile(name, 24)])))
}

/** Two servers that remember what they did. */
async function twoServers(faults: readonly string[] = []) {
  const clock = virtualClock(Date.now(), 0)
  const plan = openFaults(faults.map(parseFault), { clock, isVirtual: true })
  const books = openBooks(clock)
  const settings = addresses.map((href) => ({
    url: new URL(href),
    token: null,
    headers: {},
    ca: null,
    price: null,
    speed: 1,
  }))
  const fleet = simulatedFleet(settings, { clock, speed: 0, faults: plan, books })
  let made = 0
  const newId = () => {
    made += 1
    return `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`
  }
  const world = await simulatedServices('wan22-two-chunks', { clock, newId, comfyui: fleet.comfyui })
  const services = world.all.map((service) => (service === world.comfyui ? fleet.service : service))
  return {
    books,
    async live(cwd: string, flags: readonly string[] = [], given = addresses) {
      const [first, ...others] = addresses.map((href) => new URL(href))
      const hosts = hostTable(first!, others)
      const mayRun = (file: string) => ['ffmpeg', 'ffprobe'].includes(file)
      await using network = await installNetwork({ services, hosts, lines: plan.lines, lineAt: fleet.lineAt, mayRun })
      using _ffmpeg = simulateFfmpeg((run) => run)
      const urls = given.flatMap((href) => ['--comfyui-url', href])
      const result = await callPr([...urls, ...small, ...flags], { cwd })
      expect(network.problems()).toEqual([])
      return result
    },
  }
}

const events = (cwd: string): Json[] => Object.values(journals(join(cwd, 'output/prompt-runner'))).flat()
const placed = (cwd: string) =>
  events(cwd).flatMap(({ kind, video, server }) => (kind === 'video-placed' ? `${video} on ${server}` : []))
const started = (cwd: string) => events(cwd).flatMap(({ kind, promptId }) => (kind === 'job-started' ? promptId : []))

it('renders films live on two servers, says where, and none of them twice', async () => {
  const cwd = folder('heron', 'otter', 'wren')
  const world = await twoServers()
  const { exitCode, stderr } = await world.live(cwd)
  expect(stderr).toBe('')
  expect(exitCode).toBe(0)
  expect(placed(cwd).slice(0, 2)).toEqual([`heron on ${addresses[0]}`, `otter on ${addresses[1]}`])
  expect(placed(cwd)).toHaveLength(3)
  expect(new Set(started(cwd)).size).toBe(18)
  expect(brokenRules(world.books.facts)).toEqual([])
})

it('leaves out a server that is not there', async () => {
  hurry()
  const cwd = folder('heron', 'otter')
  const world = await twoServers(['GET /system_stats: refuse all connections'])
  const { exitCode, stderr } = await world.live(cwd)
  expect(stderr).toMatch(/warning: http:\/\/127.0.0.1:818[89]\/ takes no film: .*ECONNREFUSED/)
  expect(exitCode).toBe(0)
  expect(new Set(placed(cwd).map((line) => line.split(' on ')[1])).size).toBe(1)
})

it('gives no film to a server that lacks a model for it, and says which', async () => {
  const cwd = folder('heron', 'otter')
  const world = await twoServers(['GET /object_info: no model wan_2.1_vae.safetensors'])
  const { exitCode, stderr } = await world.live(cwd)
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/^warning: (\S+) does not take heron, otter: .*wan_2\.1_vae\.safetensors.*\n$/)
  const [, lacking] = /^warning: (\S+) does not/.exec(stderr)!
  expect(placed(cwd).filter((line) => line.endsWith(lacking!))).toEqual([])
  expect(placed(cwd)).toHaveLength(2)
})

it('begins nothing when every server lacks it', async () => {
  const cwd = folder('heron')
  const world = await twoServers(['GET /object_info: no model wan_2.1_vae.safetensors, always'])
  const { exitCode, stderr } = await world.live(cwd)
  expect(exitCode).toBe(2)
  expect(stderr).toContain('PR_INVALID_WORKFLOW')
  expect(started(cwd)).toEqual([])
})

it('goes on with a run on the servers that there are now', async () => {
  hurry()
  rehearsedPace()
  const cwd = folder('heron', 'otter', 'wren')
  const world = await twoServers([
    'executing of job 8: restart without files refusing all connections',
    'POST /prompt of job 14: status 400 as json',
  ])
  const first = await world.live(cwd, ['--wait-for-server', '5s', '--max-retries', '0'])
  expect(first.exitCode).toBe(1)
  const [name] = Object.keys(journals(join(cwd, 'output/prompt-runner')))
  const second = await world.live(cwd, ['--resume', name!], [addresses[0]!])
  expect(second.stdout).toContain('wren')
  expect(second.exitCode).toBe(0)
  expect(new Set(started(cwd)).size).toBe(started(cwd).length)
  expect(brokenRules(world.books.facts)).toEqual([])
})
