import { nearest } from '../wording.ts'

/** What of a server's name of its device a person would say: `RTX 4090` of `cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync`. */
export function gpuName(device: string): string {
  return device
    .replace(/^cuda:\d+ /, '')
    .replace(/ : .*$/, '')
    .replace(/^NVIDIA (GeForce )?/, '')
}

/** Whether a server's name of its device is that of a GPU. */
export function isGpu(device: string): boolean {
  return !['', 'cpu'].includes(device.toLowerCase())
}

/** Whether what a person or a server says means the GPU of that name; a person may say only the end of it. */
export function isNamed(said: string, name: string): boolean {
  const [wanted, known] = [modelOf(said), modelOf(name)]
  return wanted.trim() !== '' && (known === wanted || (/\d/.test(wanted) && known.endsWith(wanted)))
}

/** Whether two names, of a person or a server, are of one GPU. */
export function isSameGpu(one: string, other: string): boolean {
  const [a, b] = [memoryOf(one), memoryOf(other)]
  return (isNamed(one, other) || isNamed(other, one)) && (a === null || b === null || a === b)
}

/** The names, up to three, that are most like what was said; none where none is like it. */
export function nearestNames(said: string, names: readonly string[]): string[] {
  const left = new Set(names)
  const found: string[] = []
  for (;;) {
    const name = nearest(gpuName(said), left)
    if (name === null || found.length === MOST) return found
    found.push(name)
    left.delete(name)
  }
}

const MOST = 3

/** ` a100 ` of `NVIDIA A100-SXM4-80GB`. Every other word makes another chip of it: Ti, Super, D, Laptop, a slice of it (MIG). */
function modelOf(name: string): string {
  const model = words(name).filter((word) => !MEMORY.test(word) && !silent.has(word.replace(/\d+e?$/, '')))
  return ` ${model.join(' ')} `
}

/** What makers and servers say beside the chip. */
const silent = new Set(
  'nvidia geforce gpu tensor core graphics card sxm pcie nvl hbm blackwell server workstation edition'.split(' '),
)

const MEMORY = /^\d+gb$/

const memoryOf = (name: string): string | null => words(name).find((word) => MEMORY.test(word)) ?? null

/** `4090D` is `4090 d`, and `RTX4090` is `rtx 4090`. */
function words(name: string): string[] {
  const spaced = gpuName(name)
    .toLowerCase()
    .replace(/(\d{4})(d|ti|super)\b/g, '$1 $2')
    .replace(/rtx(?=\d)/, 'rtx ')
    .replace(/(\d) (?=gb\b)/, '$1')
  return spaced.split(/[^a-z0-9]+/).filter(Boolean)
}
