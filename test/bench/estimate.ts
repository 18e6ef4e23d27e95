import { readProfiles } from '../../src/config/read-profiles.ts'
import { median } from '../../src/domain/estimate/rates.ts'
import { eachSize, eachStack, eachTime, errorOf, type HeldOut } from '../support/held-out.ts'

/** Prints how far off published times are when others than themselves foretell them. */
export function printEstimates(): void {
  const profiles = readProfiles()
  table('Each time, from the other times of its profile', eachTime(profiles))
  table('Each size, from the other sizes of its profile', eachSize(profiles))
  table('Each program, from another program on the same GPU', eachStack(profiles))
}

function table(title: string, all: readonly HeldOut[]): void {
  const checked = all.filter(({ foretold }) => foretold !== null)
  console.log(`${title}\n`)
  for (const { profile, time, foretold } of checked) {
    const name = `${profile.gpu}, ${profile.stack}, ${profile.precision}`
    const [published, seconds] = [time.seconds, foretold!.seconds].map((value) => value.toFixed(1).padStart(9))
    const error = percent(foretold!.seconds / time.seconds - 1).padStart(8)
    console.log(`${name.padEnd(52)} ${time.id.padEnd(22)} ${published} s ${seconds} s ${error}  ${foretold!.from}`)
  }
  const errors = checked.map((one) => Math.abs(errorOf(one)!))
  const alone = all.length - checked.length
  console.log(
    `\n${checked.length} times: median ${percent(median(errors)!)}, largest ${percent(Math.max(...errors))}; ${alone} without another to tell them from\n`,
  )
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`
}
