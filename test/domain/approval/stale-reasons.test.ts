import { expect, it } from 'vitest'
import { type PlanFact, planFact } from '../../../src/domain/approval/plan-fact.ts'
import { type ComparedPlan, staleReasons } from '../../../src/domain/approval/stale-reasons.ts'

const job = (film: string, id = '1'): ComparedPlan['jobs'][number] => ({ film, number: 1, kind: 'high', chunk: 1, id })
const fact = (name: string, value: string, more: Partial<PlanFact> = {}): PlanFact => ({
  ...planFact({ part: 'setting', film: 'otter', name }, value),
  ...more,
})
const otter = (...facts: readonly PlanFact[]): ComparedPlan => ({ facts, jobs: [job('otter')] })
const texts = (planned: ComparedPlan, now: ComparedPlan) =>
  staleReasons(planned, now).map(({ file, message }) => `${file}: ${message}`)

it('finds nothing where only the names of files differ', () => {
  const template = (value: string) => fact('render', value, { part: 'template', film: null, digest: 'same' })
  expect(texts(otter(template('a/render.json')), otter(template('b/render.json')))).toEqual([])
})

it('tells of everything that changed, in the order of the parts', () => {
  const image = (digest: string) => fact('reference image', 'otter.png', { part: 'input', digest })
  expect(
    texts(
      otter(
        fact('steps', '8'),
        fact('seed of chunk 2', '7'),
        image('old'),
        fact('GPU', 'A', { part: 'server', film: null }),
      ),
      otter(
        fact('steps', '6'),
        fact('seed of chunk 3', '9'),
        image('new'),
        fact('GPU', 'B', { part: 'server', film: null }),
      ),
    ),
  ).toEqual([
    'otter: reference image: what is in otter.png has changed',
    'otter: steps: 8 → 6',
    'otter: seed of chunk 2: 7 was planned, and now there is none',
    'otter: seed of chunk 3: none was planned, and now it is 9',
    'server: GPU: A → B',
  ])
})

it('tells of models, and not of the files that a server was asked for then and now', () => {
  const film = (name: string) => [
    fact('VAE', name, { part: 'model' }),
    fact(`file ${name}`, 'there', { part: 'server', film: null }),
  ]
  expect(texts(otter(...film('a.pth')), otter(...film('b.pth')))).toEqual(['otter: VAE: a.pth → b.pth'])
})

it('tells of a film once, however much of it there is', () => {
  const wren = {
    facts: [fact('steps', '8', { film: 'wren' }), fact('cfg', '1', { film: 'wren' })],
    jobs: [job('wren')],
  }
  expect(texts(otter(fact('steps', '8')), wren)).toEqual([
    'otter: is planned, and is no film any more',
    'wren: is a film now, and was not planned',
  ])
})

it('shows long texts around the place where they part', () => {
  const long = (word: string) => `An otter swims through the ${word} river, ${'and on '.repeat(20)}`
  expect(texts(otter(fact('prompt', long('green'))), otter(fact('prompt', long('blue'))))).toEqual([
    'otter: prompt: …through the green river, and on and on and on and on and on … → …through the blue river, and on and on and on and on and on a…',
  ])
})

it('refuses other jobs where everything that is known is the same', () => {
  const now = { facts: [fact('steps', '8')], jobs: [job('otter', '2')] }
  expect(texts(otter(fact('steps', '8')), now)).toEqual([
    'jobs: are planned otherwise by this version of pr, though nothing else has changed',
  ])
})
