import { copyFileSync, globSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

// A build step, `node src/workflows/copy.ts dist`: the compiler carries over code only, and the templates are data.
const target = join(process.argv[2] ?? 'dist', 'workflows')
const source = new URL('.', import.meta.url).pathname
mkdirSync(target, { recursive: true })
for (const file of globSync('*.{json,yaml}', { cwd: source })) copyFileSync(join(source, file), join(target, file))
