import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Remembers things without holding them. */
export interface Alive<T extends object> {
  add(thing: T): T
  /** How many of them somebody still holds. */
  count(): Promise<number>
}

/** To see that what has gone by is held by nobody: figures of the process's memory depend on when V8 looks for what can go. */
export function alive<T extends object>(): Alive<T> {
  const seen: WeakRef<T>[] = []
  return {
    add(thing) {
      seen.push(new WeakRef(thing))
      return thing
    },
    async count() {
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc') as () => void
      // What was looked at in this turn lives until it ends.
      for (let turn = 0; turn < 3; turn += 1) {
        await new Promise(setImmediate)
        collect()
      }
      return seen.filter((reference) => reference.deref() !== undefined).length
    },
  }
}
