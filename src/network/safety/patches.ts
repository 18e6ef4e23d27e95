import { syncBuiltinESMExports } from 'node:module'

/** Replaces members of Node's own modules and classes, and puts all of them back. */
export interface Patches extends Disposable {
  /** `make` gets what was there. Members that do not exist are left alone. */
  replace(target: object, key: string, make: (real: Callable) => Callable): void
  /** Makes the replacements visible to `import { name } from 'node:…'` too. */
  publish(): void
}

// biome-ignore lint/suspicious/noExplicitAny: any function of Node's own modules
export type Callable = (this: any, ...args: any[]) => any

/** No patches yet. Hold them by `using`, so that what they replace comes back. */
export function createPatches(): Patches {
  const undo: Array<() => void> = []
  return {
    replace(target, key, make) {
      const descriptor = Object.getOwnPropertyDescriptor(target, key)
      if (typeof descriptor?.value !== 'function') return
      Object.defineProperty(target, key, { ...descriptor, value: make(descriptor.value) })
      undo.unshift(() => Object.defineProperty(target, key, descriptor))
    },
    publish: syncBuiltinESMExports,
    [Symbol.dispose]() {
      for (const restore of undo.splice(0)) restore()
      syncBuiltinESMExports()
    },
  }
}
