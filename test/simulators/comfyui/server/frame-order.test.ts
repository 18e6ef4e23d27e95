import { expect, it } from 'vitest'
import { FrameOrder } from '../../../../src/simulators/comfyui/server/frame-order.ts'

it('lets frames pass at once, holds those that follow an answer, and keeps them in order', () => {
  const order = new FrameOrder()
  const sent: string[] = []
  const send = (frame: string) => order.send(() => sent.push(frame))
  send('before')
  const first = order.hold()
  send('of the first')
  const second = order.hold()
  send('of the second')
  expect(sent).toEqual(['before'])
  second()
  expect(sent).toEqual(['before'])
  first()
  send('after')
  expect(sent).toEqual(['before', 'of the first', 'of the second', 'after'])
})

it('does not let an answer that is under way hold what was sent before it', () => {
  const order = new FrameOrder()
  const sent: string[] = []
  const first = order.hold()
  order.send(() => sent.push('of the first'))
  order.hold()
  order.send(() => sent.push('of the second'))
  first()
  expect(sent).toEqual(['of the first'])
})
