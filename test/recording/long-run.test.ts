import { expect, it } from 'vitest'
import { hasLongRun } from '../../src/recording/long-run.ts'
import { innocentTexts } from '../support/innocent-texts.ts'
import { keysOfForms } from '../support/secret-forms.ts'

it('finds a run wherever it stands, and none that is shorter', () => {
  for (let before = 0; before < 60; before += 1) {
    for (const around of [' ', 'é', '', '.']) {
      const text = (run: number) => `${around.repeat(before)}${'aB3+/_-d'.repeat(4).slice(0, run)}${around} and so on`
      expect([hasLongRun(text(24), 24), hasLongRun(text(23), 24)], `${before} ${around}`).toEqual([true, false])
    }
  }
})

it('finds what a search letter by letter finds', () => {
  const texts = [...innocentTexts(3_000), ...keysOfForms(2_000).map(({ text }) => `x ${text} y`), '', 'a']
  expect(texts.filter((text) => hasLongRun(text, 24) !== /[A-Za-z\d+/_-]{24}/.test(text))).toEqual([])
})
