import { expect, it } from 'vitest'
import { ctrlCText } from '../../src/run/ctrl-c.ts'

it('says at each Ctrl-C what becomes of the jobs on several servers', () => {
  const said = (['close', 'abort', 'leave'] as const).map((press) =>
    ctrlCText(press, { left: ['Prompt a may still run'], resumeCommand: 'pr --resume otter', areSeveral: true }),
  )
  expect(said).toMatchInlineSnapshot(`
    [
      "Ctrl-C: the jobs that run are finished, then the run stops. Press it again to interrupt those jobs on their servers.",
      "Ctrl-C: the jobs that run are interrupted on their servers, then the run stops. Press it again to leave at once.",
      "Left at once; what was going on goes on by itself
    Prompt a may still run
    go on from there with
        pr --resume otter",
    ]
  `)
})
