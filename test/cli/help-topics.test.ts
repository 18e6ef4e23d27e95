import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'

const names = globSync('src/help/*.md').map((file) => basename(file, '.md'))

it('lists every topic with its title', async () => {
  const { exitCode, stdout } = await callPr(['help', '--json'])
  expect(exitCode).toBe(0)
  const { topics } = JSON.parse(stdout)
  expect(topics.map(({ name }: { name: string }) => name)).toEqual(names.toSorted())
  const listed = (await callPr(['help'])).stdout
  for (const { name, title } of topics) expect(listed).toMatch(new RegExp(`^ {2}${name} +${title.slice(0, 20)}`, 'm'))
})

it.each(names)(
  'prints %s as text of 80 columns, without marks and addresses that lead nowhere in a terminal',
  async (name) => {
    const { exitCode, stdout } = await callPr(['help', name])
    const [title, below, ...lines] = stdout.split('\n')
    expect([exitCode, below]).toEqual([0, '='.repeat(title!.length)])
    const words = lines.filter((line) => !line.startsWith('    '))
    expect(words.filter((line) => line.length > 80 || /[`]|\*\*|\]\(|^#/.test(line))).toEqual([])
  },
)

it('explains a command by its name, and says what was probably meant', async () => {
  expect((await callPr(['help', 'runs'])).stdout).toBe((await callPr(['runs', '--help'])).stdout)
  const { exitCode, stderr } = await callPr(['help', 'budgt'])
  expect([exitCode, stderr]).toEqual([
    2,
    'PR_USAGE: there is no help on "budgt". Did you mean "budget"?\n  hint: see `pr help`\n',
  ])
})

it('has a README of at most 9 KB, which links every topic', () => {
  const readme = readFileSync('README.md', 'utf8')
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(9 * 1024)
  for (const name of names) expect(readme).toContain(`](src/help/${name}.md)`)
})
