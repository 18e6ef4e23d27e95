/** The parts of the sources whose tests are themselves tested, by changing what those parts do, and the tests that have to notice. */
export const mutatedRooms = {
  orchestrator: {
    mutate: 'src/orchestrator/**/*.ts',
    tests: ['test/orchestrator/**/*.test.ts'],
  },
  state: { mutate: 'src/state/**/*.ts', tests: ['test/state/**/*.test.ts'] },
  signals: { mutate: 'src/cli/signals.ts', tests: ['test/cli/with-signals.test.ts'] },
  'network-install': { mutate: 'src/network/*.ts', tests: ['test/network/*.test.ts'] },
  'network-wire': {
    mutate: 'src/network/wire/**/*.ts',
    tests: ['test/network/wire/**/*.test.ts', 'test/skins/{serve,wire}.test.ts'],
  },
  'network-capture': { mutate: 'src/network/capture/**/*.ts', tests: ['test/network/capture/**/*.test.ts'] },
  'network-recorder': { mutate: 'src/network/recorder/**/*.ts', tests: ['test/network/recorder/**/*.test.ts'] },
  'network-libraries': {
    mutate: 'src/network/libraries/**/*.ts',
    tests: ['test/network/libraries/**/*.test.ts', 'test/skins/msw.test.ts'],
  },
  'network-safety': {
    mutate: 'src/network/safety/**/*.ts',
    tests: [
      'test/network/safety/**/*.test.ts',
      'test/network/install.test.ts',
      'test/exports/{own-servers,replay}.test.ts',
    ],
  },
  'network-faults': { mutate: 'src/network/faults/**/*.ts', tests: ['test/network/faults/**/*.test.ts'] },
} as const satisfies Record<string, { readonly mutate: string; readonly tests: readonly string[] }>

/** The rooms of these names: `network` stands for all whose names begin so; all rooms, when no name is given. */
export function roomsCalled(names: readonly string[]): readonly string[] {
  const rooms = Object.keys(mutatedRooms)
  if (names.length === 0) return rooms
  return names.flatMap((name) => {
    const called = rooms.filter((room) => room === name || room.startsWith(`${name}-`))
    if (called.length === 0) throw new Error(`No room is called ${name}, but these are: ${rooms.join(', ')}`)
    return called
  })
}

/** The room that is meant: one process mutates one room. Whoever only reads the configuration means none. */
export function roomOf(env: NodeJS.ProcessEnv): { name: string; mutate: string; tests: readonly string[] } {
  const name = env['MUTATED_ROOM'] ?? 'state'
  if (!(name in mutatedRooms)) throw new Error(`MUTATED_ROOM is one of ${Object.keys(mutatedRooms).join(', ')}`)
  return { name, ...mutatedRooms[name as keyof typeof mutatedRooms] }
}
