import { afterAll, expect } from 'vitest'
import { forgetMetadataServer } from './metadata-server.ts'
import { surroundings } from './surroundings.ts'

// Runs before each test file. Whatever a file leaves behind is told of there, and not by another that fails because of it.
forgetMetadataServer()
const before = surroundings()
// A library that is loaded may tidy up when the process ends.
const ofLibraries = 'a listener to exit'
afterAll(() => expect(before.changes().filter((change) => change !== ofLibraries)).toEqual([]))
