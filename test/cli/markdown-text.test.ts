import { styleText } from 'node:util'
import { expect, it } from 'vitest'
import { markdownText } from '../../src/cli/markdown-text.ts'
import { capturedOutput } from './captured-output.ts'

const markdown = `# A page, with \`code\`
A paragraph of more words than a line has room for, with **strong \`--words\`**, *stress*, \`a command that is never parted\`, a [topic](other.md), [other](other.md),
an [address](https://example.org/x) and a [file](../file.ts) of the project; 3 * 4 is no stress.

## Below
* An item of a list, whose text goes on in the next line where the first one is full, below its beginning.
1. first
   and more of it

\`\`\`text
$ pr --a-line-of-code that is longer than eighty columns and is copied by whoever reads it, so it stays

  as it is
\`\`\`

| name | what it is |
|---|---|
| \`a\\|b\` | a choice |
| c | **strong** |

| setting | flag | default |
|---|---|---|
| a row that is too long for three columns | \`--flag-of-some-length\`, \`--another-flag-of-some-length\` | none at all |
`
const addressOf = (target: string) =>
  target.startsWith('http') ? target : target === 'other.md' ? 'pr help other' : null

it('is text of 80 columns without marks, in which code is never cut', async () => {
  const { colours } = capturedOutput().output
  await expect(`${markdownText(markdown, { colours, addressOf })}\n`).toMatchFileSnapshot('expected/markdown.txt')
})

it('is painted on a terminal, where headings need no line below', async () => {
  const painted = capturedOutput({ colour: true }, true)
  const text = markdownText(markdown, { colours: painted.output.colours, addressOf })
  painted.output.print(text)
  expect(painted.texts.stdout).toBe(`${text}\n`)
  const paint = (style: 'bold' | 'cyan', said: string) => styleText(style, said, { validateStream: false })
  expect(text.split('\n')[0]).toBe(paint('bold', 'A page, with code'))
  expect(text).toContain(paint('cyan', 'a command that is never parted'))
  expect(text).toContain(paint('bold', paint('cyan', '--words')))
  const plain = markdownText(markdown, { colours: capturedOutput().output.colours, addressOf })
  const bare = text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g'), '')
  expect(bare).toBe(plain.replaceAll(/^(=+|-+)\n/gm, ''))
})
