/** Command lines for a shell that a Markdown page shows: in its blocks, and as code within its text. */
export function commandsOnPage(page: string): string[] {
  const blocks = page.matchAll(/^( *)```(\w*)\n([\s\S]*?)^ *```$/gm)
  const shown = [...blocks].flatMap(([, , language, block]) => {
    const lines = block!.replaceAll(/\\\n\s*/g, '').split('\n')
    return language === 'sh' ? lines : lines.filter((line) => /^\s*(?:\$ )?(?:npm run )?pr /.test(line))
  })
  const text = page.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
  const pieces = Array.from(text.matchAll(/`([^`]+)`/g), ([, piece]) => piece!.replaceAll(/\s+/g, ' '))
  return unique([...shown, ...pieces.filter((piece) => program.test(piece))])
}

/** Commands that the program has told a person to run: between backticks, or on a line of their own. */
export function commandsSaid(said: string): string[] {
  const lines = said.split('\n').map((line) => line.replace(/^\*DRY-RUN\* /, ''))
  const own = lines.filter((line) => /^ +(?:npm run pr -- |pr )/.test(line))
  const pieces = Array.from(lines.join('\n').matchAll(/`([^`\n]+)`/g), ([, piece]) => piece!)
  return unique([...pieces.filter((piece) => program.test(piece)), ...own])
}

/** The arguments of `pr` in a command line, and the variables before it; null when it is about another program. */
export function callOf(line: string): { args: string[]; env: Record<string, string> } | null {
  const words = shellWords(line)
  const start = words.findIndex((word) => !/^[A-Z_]+=/.test(word))
  const env = Object.fromEntries(words.slice(0, start).map((word) => word.split(/=(.*)/s, 2) as [string, string]))
  const called = words.slice(start)
  if (called[0] === 'pr') return { args: called.slice(1), env }
  return /^npm run (?:pr|dev)(?: -- |$)/.test(called.join(' ')) ? { args: called.slice(4), env } : null
}

/** The words that a shell makes of a line without variables, up to where it sends the output. */
export function shellWords(line: string): string[] {
  const words = Array.from(line.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g), ([word]) => word)
  const end = words.findIndex((word) => /^>>?$/.test(word))
  return words
    .slice(0, end < 0 ? undefined : end)
    .map((word) => word.replaceAll(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, ...pieces) => pieces.slice(0, 3).join('')))
}

const program = /^(?:[A-Z_]+=\S+ )?(?:pr|npm|npx|node|apt-get|tmux|openssl) /

/** Without prompts and comments, one command each. */
function unique(lines: readonly string[]): string[] {
  const commands = lines.flatMap((line) =>
    line
      .trim()
      .replace(/^\$ /, '')
      .replace(/\s+#(?!.*').*$|\s{3,}.*$/, '')
      .split(' && '),
  )
  return [...new Set(commands.filter((command) => command !== ''))]
}
