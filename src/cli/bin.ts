#!/usr/bin/env node
import { unsupportedNode } from './node-version.ts'

// Plain syntax only: an old Node has to get as far as its one friendly line.
const problem = unsupportedNode(process.versions.node)
if (problem === null) {
  import('node:module')
    .then((module) => module.enableCompileCache())
    .then(() => import('./main.ts'))
    .then(({ main }) => main(process.argv.slice(2), process.env, process.cwd()))
    .then((exitCode) => {
      process.exitCode = exitCode
    })
} else {
  console.error(problem)
  process.exitCode = 2
}
