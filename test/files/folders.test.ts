import { mkdtempSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeFolder } from '../../src/files/folders.ts'

it('makes all folders of a path, and leaves alone what is there', () => {
  const root = mkdtempSync(join(tmpdir(), 'pr-files-'))
  const path = join(root, 'a/b/c')
  makeFolder(path)
  makeFolder(path)
  makeFolder('/')
  symlinkSync('a', join(root, 'link'))
  makeFolder(join(root, 'link/d'))
  expect([path, join(root, 'a/d')].map((folder) => statSync(folder).isDirectory())).toEqual([true, true])
})

it('tells what is in the way', () => {
  const root = mkdtempSync(join(tmpdir(), 'pr-files-'))
  writeFileSync(join(root, 'file'), '')
  symlinkSync('nowhere', join(root, 'gone'))
  expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST')
  expect(() => makeFolder(join(root, 'file/below'))).toThrow('ENOTDIR')
  expect(() => makeFolder(join(root, 'gone/below'))).toThrow('EEXIST')
})
