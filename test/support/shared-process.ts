import { afterAll, expect } from 'vitest'
import { surroundings } from './surroundings.ts'

// Runs before each test file. Whatever a file leaves behind is told of there, and not by another that fails because of it.
const before = surroundings()
afterAll(() => expect(before.changes()).toEqual([]))
