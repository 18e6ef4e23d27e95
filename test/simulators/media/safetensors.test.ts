import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bytesOf, fromBytes } from '../../../src/simulators/media/byte-source.ts'
import { latent, readSafetensors } from '../../../src/simulators/media/safetensors.ts'
import { fc } from '../../support/seeded.ts'

/** Reads the format as its description says, with nothing of this project. */
const READER = `
import json, math, struct, sys
data = open(sys.argv[1], 'rb').read()
length = struct.unpack('<Q', data[:8])[0]
header = json.loads(data[8:8 + length])
tensor = header['latent_tensor']
begin, end = tensor['data_offsets']
values = struct.unpack('<%df' % ((end - begin) // 4), data[8 + length + begin:8 + length + end])
print(json.dumps({
  'aligned': length % 8 == 0,
  'rest': len(data) - 8 - length - end,
  'header': header,
  'count': len(values) == math.prod(tensor['shape']),
  'finite': all(math.isfinite(value) and abs(value) <= 3 for value in values),
  'different': len(set(values)) > 1000,
}))
`

it('Python reads a latent by the description of the format', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'latent-'))
  const file = join(folder, 'high_00001_.latent')
  const prompt = '{"1": {"class_type": "SaveLatent", "inputs": {"text": "\\u017c"}}}'
  await writeFile(file, bytesOf(latent({ shape: [1, 16, 26, 30, 20], metadata: { prompt }, seed: 7 })))
  const { stdout, stderr } = spawnSync('python3', ['-c', READER, file], { encoding: 'utf8' })
  await rm(folder, { recursive: true })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({
    aligned: true,
    rest: 0,
    header: {
      __metadata__: { prompt },
      latent_format_version_0: { dtype: 'F32', shape: [0], data_offsets: [0, 0] },
      latent_tensor: { dtype: 'F32', shape: [1, 16, 26, 30, 20], data_offsets: [0, 4 * 16 * 26 * 30 * 20] },
    },
    count: true,
    finite: true,
    different: true,
  })
})

it('the header has the order and the padding of a real server’s', () => {
  const bytes = bytesOf(latent({ shape: [1, 16, 3, 8, 8], seed: 1 }))
  expect(Buffer.from(bytes.subarray(0, 168)).toString('latin1')).toBe(
    '\xa0\0\0\0\0\0\0\0{"latent_format_version_0":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},' +
      '"latent_tensor":{"dtype":"F32","shape":[1,16,3,8,8],"data_offsets":[0,12288]}}      ',
  )
  expect(bytes.length).toBe(168 + 12_288)
})

it('the same seed gives the same bytes, another seed others', () => {
  const make = (seed: number) => Buffer.from(bytesOf(latent({ shape: [1, 16, 3, 8, 8], seed })))
  expect(make(1).equals(make(1))).toBe(true)
  expect(make(1).equals(make(2))).toBe(false)
})

it('shapes are read back from any range-readable source', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), (shape) => {
      const source = latent({ shape, metadata: { prompt: '{}' }, seed: 'x' })
      expect(readSafetensors(source)).toEqual(
        new Map([
          ['latent_format_version_0', [0]],
          ['latent_tensor', shape],
        ]),
      )
    }),
  )
})

it('anything else is no safetensors file', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(readSafetensors(fromBytes(bytes))).toBeNull()
    }),
  )
})
