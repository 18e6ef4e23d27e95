#!/usr/bin/env node
import module from 'node:module'
import { unsupportedNode } from './node-version.ts'

// Plain syntax only: an old Node has to get as far as its one friendly line.
const problem = unsupportedNode(process.versions.node)
if (problem === null) {
  module.enableCompileCache()
  // Until the program says otherwise: a process that ends because nothing is left to wait for has not done its work.
  process.exitCode = 1
  import('./main.ts')
    .then(({ main }) => main(process.argv.slice(2), process.env, process.cwd()))
    .then((exitCode) => {
      process.exitCode = exitCode
    })
} else {
  console.error(problem)
  process.exitCode = 2
}
