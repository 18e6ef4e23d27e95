#!/usr/bin/env node
import { unsupportedNode } from './node-version.ts'

// Plain syntax only: an old Node has to get as far as its one friendly line.
const problem = unsupportedNode(process.versions.node)
if (problem === null) {
  // Until the program says otherwise: a process that ends because nothing is left to wait for has not done its work.
  process.exitCode = 1
  const argv = process.argv.slice(2)
  import('./load-program.ts')
    .then(({ loadProgram }) => loadProgram(argv))
    .then(({ main, keep }) =>
      main(argv, process.env, process.cwd()).then((exitCode) => {
        process.exitCode = exitCode
        if (exitCode === 0) keep()
      }),
    )
} else {
  console.error(problem)
  process.exitCode = 2
}
