import { expect, it } from 'vitest'
import { maskText, TextMask } from '../../src/recording/mask-text.ts'
import { createRedactor } from '../../src/recording/redact.ts'
import { redactText } from '../../src/recording/redact-text.ts'
import { Choices } from '../support/secret-forms.ts'

const key = `sk-${'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5iJ7kL9mN1oP3'}`
const workflow = JSON.stringify({ 6: { inputs: { text: `an otter, ${key}, wades`, api_key: 'glade-4711' } } })
const film = Buffer.concat([
  Buffer.from([0, 0, 0, 24]),
  Buffer.from('ftypisom comment='),
  Buffer.from(workflow),
  Buffer.from([0, 1, 2]),
  Buffer.from(`title ${key}`),
  Buffer.alloc(3_000, 0xab),
  Buffer.from(`at the end ${key}`),
])

const inPieces = (cuts: readonly number[]): Buffer => {
  const mask = new TextMask(redactText)
  const ends = [...new Set([...cuts, film.length])].toSorted((a, b) => a - b)
  const pieces = ends.map((end, index) => mask.add(film.subarray(ends[index - 1] ?? 0, end)))
  return Buffer.concat([...pieces, mask.end()])
}

it('masks a film that flows by as it masks the whole, wherever it is cut', () => {
  const whole = Buffer.from(film)
  expect(maskText(whole, redactText)).toBe(true)
  expect([whole.length, whole.includes(key)]).toEqual([film.length, false])
  const choices = new Choices('masked films')
  for (let round = 0; round < 200; round += 1) {
    const cuts = Array.from({ length: choices.below(30) }, () => choices.below(film.length))
    expect(inPieces(cuts).equals(whole), `cut at ${cuts}`).toBe(true)
  }
})

it('does not change the pieces that it is given, and holds nothing back but a text', () => {
  const mask = new TextMask(redactText)
  const given = Buffer.concat([Buffer.from([0]), Buffer.from(key)])
  const before = Buffer.from(given)
  expect(mask.add(given)).toEqual(Buffer.from([0]))
  expect(given).toEqual(before)
  expect(mask.end().toString()).toBe('{{secret:key}}'.padEnd(key.length))
})

it('leaves nothing of a text that is too long to be looked at as a whole', () => {
  const mask = new TextMask(redactText)
  const piece = Buffer.alloc(1024 * 1024, 'a')
  const out = Array.from({ length: 18 }, () => mask.add(piece))
  out.push(mask.add(Buffer.from([97, 0, 98, 0])), mask.end())
  const all = Buffer.concat(out)
  expect(all.length).toBe(18 * piece.length + 4)
  expect([...all.subarray(-4)]).toEqual([32, 0, 98, 0])
  expect(all.subarray(0, -4).every((byte) => byte === 32)).toBe(true)
})

it('masks what the header of a latent says, whatever the numbers behind it look like', () => {
  const header = JSON.stringify({
    __metadata__: { prompt: JSON.stringify({ 6: { inputs: { text: 'an otter, api_key=glade4711Otter99', pin: 1 } } }) },
  })
  const latent = Buffer.concat([
    Buffer.from([9, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(`${header}   {S-[" `),
    Buffer.alloc(64),
  ])
  const size = latent.length
  expect(maskText(latent, createRedactor().text)).toBe(true)
  expect([latent.length, latent.includes('glade4711'), latent.subarray(8, 24).toString()]).toEqual([
    size,
    false,
    header.slice(0, 16),
  ])
})
