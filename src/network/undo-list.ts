/** What has to be taken away again, the last first. */
export interface UndoList extends AsyncDisposable {
  use<T extends Disposable | AsyncDisposable>(item: T): T
}

/** An empty list. AsyncDisposableStack would do, but Node 22 has none. */
export function createUndoList(): UndoList {
  const items: Array<Disposable | AsyncDisposable> = []
  return {
    use(item) {
      items.push(item)
      return item
    },
    async [Symbol.asyncDispose]() {
      for (const item of items.splice(0).reverse()) {
        if (Symbol.asyncDispose in item) await item[Symbol.asyncDispose]()
        else item[Symbol.dispose]()
      }
    },
  }
}
