/** What is tried where. */
export interface FaultRow {
  /** Events as faults name them; `N` is the number of a job, `#` any number, `?` any class of nodes. */
  readonly at: string
  /** At which of the events that look alike: at each, at one job of each kind (of the last chunk), at the last of such a job, or at the first. */
  readonly of: 'each' | 'kinds' | 'last' | 'first'
  /** Actions; `after` and `5th` stand before the event. */
  readonly faults: readonly string[]
}

/** Kind of event × faults that make sense there. A plan in which an event does not happen is not tried at it. */
export const faultTable: readonly FaultRow[] = [
  { at: 'POST /prompt of job N', of: 'each', faults: ['after reset', 'kill', 'after kill'] },
  {
    at: 'POST /prompt of job N',
    of: 'kinds',
    faults: [
      ...['status 524', 'status 429 with retry-after 7', 'status 401', 'status 302 to https://login.example'],
      ...['after status 500 as text', 'after status 200 as html', 'after empty body', 'after hang', 'truncate'],
      ...['refuse 3 connections', 'restart', 'restart without files', 'interrupt', 'clear queue'],
      ...['node errors', 'no outputs', 'name taken'],
    ],
  },
  {
    at: 'GET /history of job N',
    of: 'kinds',
    faults: [
      ...['status 404', 'status 401', 'status 502', 'status 200 as html', 'empty body', 'truncate', 'hang'],
      ...['lagging history', 'field *.status.messages = null', 'clear history', 'restart', 'kill'],
    ],
  },
  {
    at: 'GET /view of job N',
    of: 'each',
    faults: [
      ...['status 502', 'status 404 as nothing', 'status 200 as html', 'truncate', 'short body', 'reset', 'hang'],
      ...['cut file', 'kill'],
    ],
  },
  {
    at: 'upload of reference of chunk #',
    of: 'first',
    faults: [
      ...[
        'status 413',
        'status 502',
        'reset',
        'after reset',
        'name taken',
        'restart without files',
        'kill',
        'after kill',
      ],
    ],
  },
  { at: 'POST /upload', of: 'first', faults: ['status 502', 'after reset', 'kill', 'after kill'] },
  { at: 'socket open', of: 'first', faults: ['status 403, always', 'silence', 'reset', 'kill'] },
  {
    at: 'step 2 of # of job N',
    of: 'kinds',
    faults: [
      ...['close 1006', 'silence', 'delay 12 min', 'restart', 'restart without files', 'interrupt', 'out of memory'],
      ...['kill', 'kill with SIGINT'],
    ],
  },
  { at: 'executed of job N', of: 'kinds', faults: ['drop', 'after close 1006', 'after restart', 'after kill'] },
  { at: 'execution_success of job N', of: 'kinds', faults: ['drop', 'after restart', 'after kill'] },
  {
    at: 'end of job N',
    of: 'kinds',
    faults: [
      ...['clear history', 'restart', 'restart without files', 'damaged file', 'cut file', 'foreign file', 'kill'],
    ],
  },
  // What saves.
  { at: 'node ? of job N', of: 'last', faults: ['out of memory', 'disk full', 'restart'] },
  { at: 'start of upload #', of: 'each', faults: ['status 503', 'status 401', 'after reset', 'kill'] },
  { at: 'chunk 1 of upload #', of: 'each', faults: ['status 503', 'reset', 'after reset', 'after kill'] },
  { at: 'storage.objects.insert', of: 'first', faults: ['status 503', 'status 401', 'kill', 'after kill'] },
  { at: 'storage.objects.list', of: 'first', faults: ['status 503', 'kill'] },
  { at: 'storage.objects.get', of: 'first', faults: ['status 503', 'truncate', 'kill'] },
  { at: 'pod look', of: 'first', faults: ['status 429 with retry-after 12', 'status 500', 'reset'] },
  {
    at: 'pod stop',
    of: 'first',
    faults: ['status 500', 'status 409', 'ignore', 'reset', 'after reset', 'hang', 'kill', 'after kill'],
  },
  { at: 'ffmpeg of chunk #', of: 'first', faults: ['fail', 'disk full', 'kill'] },
  { at: 'ffprobe of chunk #', of: 'first', faults: ['fail', 'kill'] },
  { at: 'ffprobe of film', of: 'first', faults: ['fail', 'kill'] },
  { at: 'event job-started of job N', of: 'kinds', faults: ['kill', 'after kill', 'after kill with SIGINT'] },
  { at: 'event job-finished of job N', of: 'each', faults: ['kill', 'after kill'] },
  { at: 'event reference-uploaded of chunk #', of: 'first', faults: ['kill', 'after kill'] },
  ...['run-started', 'video-started', 'upload-started', 'cleanup'].map(
    (event) => ({ at: `event ${event}`, of: 'first', faults: ['after kill'] }) as const,
  ),
  // Between what was done and the note of it.
  ...['film-downloaded', 'upload-finished', 'video-finished'].map(
    (event) => ({ at: `event ${event}`, of: 'first', faults: ['kill', 'after kill'] }) as const,
  ),
  { at: 'write of video of chunk #', of: 'each', faults: ['disk full', 'kill'] },
  { at: 'write of reference of chunk #', of: 'first', faults: ['disk full', 'kill'] },
  ...['combined', 'film', 'manifest', 'cleanup'].map(
    (file) => ({ at: `write of ${file}`, of: 'first', faults: ['disk full', 'kill'] }) as const,
  ),
  { at: 'write of journal', of: 'first', faults: ['5th disk full', '5th kill'] },
]

/** Where others can go on: one of several servers is killed for good. */
export const faultsOfServers: readonly FaultRow[] = [
  'POST /prompt of job N',
  'step 2 of # of job N',
  'end of job N',
].map((at) => ({ at, of: 'kinds', faults: ['restart without files refusing all connections'] }))
