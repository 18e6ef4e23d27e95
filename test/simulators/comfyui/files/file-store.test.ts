import { expect, it } from 'vitest'
import { savedName } from '../../../../src/simulators/comfyui/files/folder-paths.ts'
import { fromBytes } from '../../../../src/simulators/media/byte-source.ts'
import { fc } from '../../../support/seeded.ts'
import { makeStore, NOW } from './make-store.ts'

const store = makeStore('input/a.png', 'input/sub/b.png', 'output/x.latent', 'output/sub/pic_00001_.png', 'temp/t.png')

it.each([
  ['a.png', true],
  ['sub/b.png', true],
  ['sub//b.png', true],
  ['sub/../a.png', true],
  ['./a.png', true],
  ['x.latent', false],
  ['x.latent [output]', true],
  ['x.latent[output]', false],
  ['x.latentX[output]', true],
  ['t.png [temp]', true],
  ['../output/x.latent', true],
  ['../../comfy/temp/t.png', true],
  ['/comfy/input/a.png', true],
  ['//a.png', false],
  ['', true],
  ['[output]', true],
  ['sub', true],
  ['sub [output]', true],
  ['sub/b.png/', false],
  ['a.png/../a.png', false],
  ['nowhere/../a.png', false],
  ['A.PNG', false],
  ['a.png\0', false],
  ['../../../..', true],
] as const)('a loader finds %j: %s', (name, exists) => {
  expect(store.exists(name)).toBe(exists)
})

it('gives a file with its place and time, and no directory', () => {
  const { bytes, ...facts } = store.find('../output/sub/pic_00001_.png [input]')!
  expect(facts).toEqual({
    path: '/comfy/output/sub/pic_00001_.png',
    type: 'output',
    subfolder: 'sub',
    filename: 'pic_00001_.png',
    modified: NOW.getTime(),
    content: { kind: 'other' },
  })
  expect(bytes.size).toBe('output/sub/pic_00001_.png'.length)
  expect(store.find('sub')).toBeNull()
  expect(store.find('x.latent', 'output')?.filename).toBe('x.latent')
  expect(store.list('output').map(({ path }) => path)).toEqual([
    '/comfy/output/x.latent',
    '/comfy/output/sub/pic_00001_.png',
  ])
})

it.each([
  ['ComfyUI', [], '', 'ComfyUI', 1],
  ['a/b/high', [], 'a/b', 'high', 1],
  ['x', ['x_00001_.png', 'x_00007_.mp4'], '', 'x', 8],
  ['gap', ['gap_00012.png'], '', 'gap', 1],
  ['x', ['x_123456_.png'], '', 'x', 123_457],
  ['x', ['x_abc_.png', 'xy_00005_.png', 'X_00009_.png'], '', 'x', 1],
  ['d/x', ['d/x_00003_.latent', 'x_00009_.png'], 'd', 'x', 4],
  ['dir/', ['dir_00001_.png'], '', 'dir', 1],
  ['', [], '', '.', 1],
  ['./x', ['x_00002_.png'], '', 'x', 3],
  ['/comfy/output/in', [], '/comfy/output', 'in', 1],
  ['../output/in', [], '../output', 'in', 1],
  ['%width%x%height%/%year%-%month%-%day%_%hour%%minute%%second%', [], '480x848', '2026-03-05_070809', 1],
  ['%date:yyyy%_%Sampler.seed%', [], '', '%date:yyyy%_%Sampler.seed%', 1],
  ['b_%batch_num%', ['b_0_00001_.png'], '', 'b_%batch_num%', 1],
  ['żółw', ['żółw_00004_.png'], '', 'żółw', 5],
] as const)('the prefix %j over %j saves as %j / %j, number %i', (prefix, there, subfolder, filename, counter) => {
  const files = makeStore(...there.map((name) => `output/${name}`))
  expect(files.savePath(prefix, 'output', { width: 480, height: 848 })).toEqual({ subfolder, filename, counter })
})

it('the directory of a prefix exists afterwards', () => {
  const files = makeStore()
  files.savePath('a/b/high', 'output')
  expect(files.exists('a/b [output]')).toBe(true)
})

it('a prefix that leads outside fails in the server’s words', () => {
  expect(() => makeStore().savePath('../x', 'output')).toThrow(
    expect.objectContaining({
      type: 'Exception',
      message:
        '**** ERROR: Saving image outside the output folder is not allowed.\n full_output_folder: /comfy\n' +
        '         output_dir: /comfy/output\n         commonpath: /comfy',
    }),
  )
})

it('a prefix below a file fails as the system call does', () => {
  expect(() => makeStore('output/film.mp4').savePath('film.mp4/x', 'output')).toThrow(
    expect.objectContaining({
      type: 'NotADirectoryError',
      message: "[Errno 20] Not a directory: '/comfy/output/film.mp4'",
    }),
  )
})

it('names have five digits at least, and a batch number only where asked', () => {
  const path = { subfolder: '', filename: 'b_%batch_num%', counter: 99_999 }
  expect(savedName(path, 'png', 1, { batch: true })).toBe('b_1_100000_.png')
  expect(savedName({ ...path, counter: 1 }, 'latent')).toBe('b_%batch_num%_00001_.latent')
})

it('never gives the same name twice, whatever is there', () => {
  const names = fc.array(fc.stringMatching(/^[ab_]{0,3}[0-9]{0,6}_?(\.png)?$/).filter((name) => name !== ''))
  fc.assert(
    fc.property(names, fc.stringMatching(/^[ab_]{1,3}$/), (there, prefix) => {
      const files = makeStore(...there.map((name) => `output/${name}`))
      for (let round = 0; round < 3; round += 1) {
        const path = files.savePath(prefix, 'output')
        const filename = savedName(path, 'png')
        expect(files.exists(`${filename} [output]`)).toBe(false)
        files.write({
          type: 'output',
          subfolder: path.subfolder,
          filename,
          bytes: fromBytes(new Uint8Array()),
          content: { kind: 'other' },
        })
      }
    }),
  )
})

it('counts on as it would count anew', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[ab_]{0,4}[+-]?[0-9]{0,3}_?(\.png)?$/).filter((name) => name !== ''))
  fc.assert(
    fc.property(names, fc.stringMatching(/^[ab_]{1,4}$/), (added, prefix) => {
      const files = makeStore()
      for (const [index, filename] of added.entries()) {
        files.savePath(prefix, 'output')
        files.write({
          type: 'output',
          subfolder: '',
          filename,
          bytes: fromBytes(new Uint8Array()),
          content: { kind: 'other' },
        })
        const anew = makeStore(...added.slice(0, index + 1).map((name) => `output/${name}`))
        expect(files.savePath(prefix, 'output')).toEqual(anew.savePath(prefix, 'output'))
      }
    }),
  )
})
