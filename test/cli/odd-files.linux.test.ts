import { expect, it } from 'vitest'
import { callPr } from './call-pr.ts'

it('says which paths cannot be looked at', async () => {
  const { transcript, exitCode } = await callPr(['--workflows', 'x'.repeat(300), '--ca', '/proc/self/mem'])
  expect(exitCode).toBe(2)
  await expect(transcript).toMatchFileSnapshot('expected/bad-input/paths-that-cannot-be-looked-at.txt')
})

it('does not hang where folders cannot be made', async () => {
  const { exitCode, stderr } = await callPr(['init', '/proc/films'])
  expect(exitCode).toBe(1)
  // The superuser gets ENOENT there, everybody else EACCES.
  expect(stderr).toMatch(/^PR_FILE: \/proc\/films\/prompt_files\/example\.txt cannot be written: E.+\n$/)
})
