/** What has to be taken away again, the last first. */
export interface UndoList extends AsyncDisposable {
  use<T extends Disposable | AsyncDisposable>(item: T): T
}

/** Does `work`, which puts on the list what it takes; when it throws, all of that is given back. */
export async function allOrNothing<T>(work: (undo: UndoList) => Promise<T>): Promise<T> {
  const undo = createUndoList()
  try {
    return await work(undo)
  } catch (error) {
    await undo[Symbol.asyncDispose]()
    throw error
  }
}

// AsyncDisposableStack does this, but not in Node 22.
function createUndoList(): UndoList {
  const items: Array<Disposable | AsyncDisposable> = []
  const undo = async () => {
    for (const item of items.splice(0).reverse()) {
      if (Symbol.asyncDispose in item) await item[Symbol.asyncDispose]()
      else item[Symbol.dispose]()
    }
  }
  // Whoever comes second waits for the first, who may not be done yet.
  let undone: Promise<void> | undefined
  return {
    use(item) {
      items.push(item)
      return item
    },
    [Symbol.asyncDispose]() {
      undone ??= undo()
      return undone
    },
  }
}
