/** A Python exception: `type` as ComfyUI names it (`ValueError`), `message` is `str(exception)`. */
export class PythonError extends Error {
  override readonly name = 'PythonError'
  readonly type: string

  constructor(type: string, message: string) {
    super(message)
    this.type = type
  }
}
