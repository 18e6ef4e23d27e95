import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { endlessServer, faultyStorage } from './broken-servers.ts'
import { printEstimates } from './estimate.ts'
import { type Measured, medians, runProcess } from './run-process.ts'

/**
 * `npm run bench`: what the README promises of speed and memory, as figures and ratios of one run on the built program.
 * Nothing is asserted: a busy machine gives other figures, the ratios hold. `npm run bench -- estimate` instead: how far off estimates are.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
const bin = join(root, 'dist/cli/bin.js')
const built = (file: string) => join(root, 'dist/bench', file)
const folder = mkdtempSync(join(tmpdir(), 'pr-bench-'))

try {
  if (process.argv[2] === 'estimate') printEstimates()
  else await speedAndMemory()
} finally {
  rmSync(folder, { recursive: true })
  rmSync(join(root, 'dist/bench'), { recursive: true, force: true })
}

async function speedAndMemory(): Promise<void> {
  await bundle()
  const [node, help, example] = await medians(
    [
      ['-e', '0'],
      [bin, '--help'],
      [bin, '--dry-run', '--quiet', '--prompt-file', join(root, 'fixtures/prompt_files/example.txt')],
    ],
    5,
    folder,
  )
  row('bare node', node!)
  row('pr --help', help!, `${ratio(help!, node!)} × bare node`)
  row('dry run of the example (500 frames)', example!, `${ratio(example!, node!)} × bare node`)
  row(
    'plan of 100,000 frames',
    await runProcess([bin, '--dry-run', '--validate-only', '--quiet', '--prompt-file', prompt(100_000)], {
      cwd: folder,
    }),
  )
  row(
    'dry run of 10,000 frames',
    await runProcess([bin, '--dry-run', '--quiet', '--prompt-file', prompt(10_000)], { cwd: folder }),
  )
  await requests()
  await recorder()
  const upload = await runProcess([built('upload.js'), '1024'], { cwd: folder })
  row('simulated upload of 1 GiB', upload, `${(1024 / Number(upload.stdout)).toFixed(0)} MiB/s`)
  await brokenServers()
}

/** The scripts as the program is built, one bundle each, so that no compiler is measured with them. */
async function bundle(): Promise<void> {
  await build({
    entryPoints: ['requests.ts', 'upload.ts', 'faulty-upload.ts', 'recorder.ts'].map((file) =>
      fileURLToPath(new URL(file, import.meta.url)),
    ),
    outdir: join(root, 'dist/bench'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.22',
    external: ['msw', 'nock', 'mock-socket', '@mswjs/interceptors'],
    banner: {
      js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
    },
  })
}

/** The same client and the same 8 KiB answer through each way; every way in a process of its own. */
async function requests(): Promise<void> {
  const rates = new Map<string, number>()
  for (const way of ['loopback', 'wire', 'msw', 'nock']) {
    rates.set(way, Number((await runProcess([built('requests.js'), way], { cwd: folder })).stdout))
  }
  const wire = rates.get('wire')!
  for (const [way, rate] of rates) {
    console.log(
      `${`requests through ${way}`.padEnd(40)} ${rate.toFixed(0).padStart(8)} /s   wire is ${(wire / rate).toFixed(2)} ×`,
    )
  }
}

/** What they cost in memory: a promise of the README, too. */
async function brokenServers(): Promise<void> {
  const storage = await faultyStorage()
  const upload = await runProcess([built('faulty-upload.js'), '2048', storage.origin], { cwd: folder })
  row('upload of 2 GiB, every second chunk fails', upload, `${storage.faults()} faults`)
  await storage.close()
  const flags = ['--yes', '--no-upload', '--max-retries', '0', '--width', '64', '--height', '64', '--quiet']
  for (const path of ['/object_info', '/history', '/view']) {
    const server = await endlessServer(new RegExp(`^${path}`))
    const args = [bin, ...flags, '--output-dir', join(folder, path.slice(1)), '--prompt-file', prompt(24)]
    const run = await runProcess(args, { cwd: folder, env: { COMFYUI_URL: server.origin }, mayFail: true })
    row(`live run, ${path} without end`, run)
    await server.close()
  }
}

/** The shipped recording recorded again, in exchanges a second of processor time. */
async function recorder(): Promise<void> {
  const { stdout } = await runProcess([built('recorder.js'), join(root, 'recordings')], { cwd: folder })
  const [plain, redacted, fresh] = stdout.trim().split(' ').map(Number) as [number, number, number]
  const cost = (rate: number) => `redaction costs ${(100 - (rate / plain) * 100).toFixed(0)} %`
  console.log(`${'recorder without redaction'.padEnd(40)} ${plain.toFixed(0).padStart(8)} /s`)
  console.log(`${'recorder with redaction'.padEnd(40)} ${redacted.toFixed(0).padStart(8)} /s   ${cost(redacted)}`)
  console.log(
    `${'the same, of a catalogue that is new'.padEnd(40)} ${fresh.toFixed(0).padStart(8)} /s   ${cost(fresh)}`,
  )
}

function prompt(frames: number): string {
  const file = join(folder, `film-${frames}.txt`)
  writeFileSync(file, `film-${frames}\n\n${frames}\n\na lighthouse in a storm\n\nblurry\n`)
  return file
}

function row(name: string, { wallMs, peakMb }: Measured, more = ''): void {
  console.log(`${name.padEnd(40)} ${wallMs.toFixed(0).padStart(8)} ms ${peakMb.toFixed(0).padStart(6)} MB  ${more}`)
}

function ratio(one: Measured, other: Measured): string {
  return (one.wallMs / other.wallMs).toFixed(1)
}
