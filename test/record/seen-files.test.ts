import { expect, it } from 'vitest'
import { numberedFromOne } from '../../src/record/seen-files.ts'

const file = (filename: string, subfolder = 'a', type = 'output') => ({ filename, subfolder, type })

it('counts each prefix of each folder from its first file, node by node', () => {
  const counted = numberedFromOne()
  expect(counted('1', { images: [file('x_00007_.png'), file('x_00008_.png'), file('x_00003_.png', 'b')] })).toEqual({
    images: [file('x_00001_.png'), file('x_00002_.png'), file('x_00001_.png', 'b')],
  })
  expect(counted('1', file('x_00008_.png'))).toEqual(file('x_00002_.png'))
  expect(counted('1', file('x_00009_.png', 'a', 'temp'))).toEqual(file('x_00001_.png', 'a', 'temp'))
  expect(counted('1', { gifs: [file('x_00009.mp4'), file('y_123456_.webp')] })).toEqual({
    gifs: [file('x_00003.mp4'), file('y_00001_.webp')],
  })
  expect(counted('2', file('x_00010_.png'))).toEqual(file('x_00001_.png'))
})

it('leaves what has no number, or is no file', () => {
  const told = {
    images: [file('start.png'), file('take_2.png')],
    text: ['x_00007_.png'],
    filename: 7,
    animated: [false],
  }
  expect(numberedFromOne()('1', told)).toEqual(told)
})

it('leaves out the id that the assets system gives a file', () => {
  const told = {
    images: [
      { ...file('x_00007_.png'), id: 'a1' },
      { ...file('start.png'), id: 'a2' },
    ],
    id: 'kept',
  }
  expect(numberedFromOne()('1', told)).toEqual({ images: [file('x_00001_.png'), file('start.png')], id: 'kept' })
})
