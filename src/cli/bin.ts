#!/usr/bin/env node
import { unsupportedNode } from './node-version.ts'

// Plain syntax only: an old Node has to get as far as its one friendly line.
const problem = unsupportedNode(process.versions.node)
if (problem === null) {
  // Left alone, V8 keeps room for three times the short-lived text that a long run ever has at once.
  import('node:v8')
    .then((v8) => v8.setFlagsFromString('--semi-space-growth-factor=1'))
    .then(() => import('node:module'))
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
