import type { Py, PyDict } from '../python/py.ts'
import type { Preview } from './node-runner.ts'

/** Where messages go. `to` is a client id; null means everybody. What nobody listens to is never made. */
export interface Outbox {
  /** `data` gives the JSON of the message's data. */
  send(type: string, data: () => string, to: Py): void
  /** Whether this client announced `supports_preview_metadata`. */
  takesPreviewMetadata(to: Py): boolean
  /** Binary frame 1, or 4 when `metadata` is given. */
  preview(preview: Preview, metadata: PyDict | null, to: Py): void
  /** Binary frame 3, to everybody. */
  text(nodeId: string, text: string): void
}
