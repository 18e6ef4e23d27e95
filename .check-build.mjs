// Ends with one line when dist/ is missing, or older than what it is built from: `npm run pr`. Any Node can read this file.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const built = 'dist/cli/bin.js'
const sources = ['.build.ts', ...readdirSync('src', { recursive: true }).map((name) => join('src', name))]
const changed = (path) => statSync(path).mtimeMs

if (!existsSync(built)) end('the program is not built yet: run `npm ci`')
const newer = sources.find((path) => statSync(path).isFile() && changed(path) > changed(built))
if (newer)
  end(`${newer} is newer than the built program: run \`npm run build\`, or \`npm run dev -- …\` for the sources`)

function end(line) {
  console.error(line)
  process.exit(2)
}
