/** The parts of the sources whose tests are themselves tested, by changing what those parts do, and the tests that have to notice. */
export const mutatedRooms = {
  orchestrator: {
    mutate: 'src/orchestrator/**/*.ts',
    tests: ['test/orchestrator/**/*.test.ts'],
  },
  state: { mutate: 'src/state/**/*.ts', tests: ['test/state/**/*.test.ts'] },
  signals: { mutate: 'src/cli/signals.ts', tests: ['test/cli/with-signals.test.ts'] },
  network: {
    mutate: 'src/network/**/*.ts',
    tests: ['test/network/**/*.test.ts', 'test/skins/{msw,serve,wire}.test.ts'],
  },
} as const satisfies Record<string, { readonly mutate: string; readonly tests: readonly string[] }>

/** The room that is meant: one process mutates one room. Whoever only reads the configuration means none. */
export function roomOf(env: NodeJS.ProcessEnv): { name: string; mutate: string; tests: readonly string[] } {
  const name = env['MUTATED_ROOM'] ?? 'state'
  if (!(name in mutatedRooms)) throw new Error(`MUTATED_ROOM is one of ${Object.keys(mutatedRooms).join(', ')}`)
  return { name, ...mutatedRooms[name as keyof typeof mutatedRooms] }
}
