import { expect, it } from 'vitest'
import { didYouMean, nearest } from '../../src/domain/wording.ts'

it('finds the word that was meant, in whatever case', () => {
  expect(nearest('Widht', ['height', 'width'])).toBe('width')
  expect(didYouMean('sampler', ['Decode', 'Sampler'])).toBe(' Did you mean "Sampler"?')
})

it('says nothing when no word is close', () => {
  expect(nearest('zebra', ['height', 'width'])).toBe(null)
  expect(didYouMean('zebra', [])).toBe('')
})
