import type { Clients } from '../../clients/clients.ts'
import type { Spending } from '../spending.ts'

/** One of several servers that render the films of a run. */
export interface RunServer {
  /** Its address. */
  readonly name: string
  /** With this server's ComfyUI; the others are the same for all servers. */
  readonly clients: Clients
  /** Of the whole run, at this server's pace. */
  readonly spending: Spending
  /** What it lacks for a film, by video. */
  readonly lacks: ReadonlyMap<string, string>
}
