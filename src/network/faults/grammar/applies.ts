import type { ActionKind } from './actions.ts'
import type { AnchorKind } from './anchors.ts'

/** Where an action can be done, and what it needs. */
export interface Applies {
  readonly at: readonly AnchorKind[]
  /** Of requests, only at these. */
  readonly only?: readonly string[]
  /** Where it acts on the bytes of a connection, which only the wire engine and `pr serve` have. */
  readonly wire?: readonly AnchorKind[]
  /** It changes what is answered or told, so that before and after are the same. */
  readonly changes?: true
  readonly means: string
}

const requests = ['request', 'reference', 'session', 'part', 'lastPart', 'check', 'storage', 'pod'] as const
const server = ['message', 'step', 'node', 'end'] as const
const programs = ['program', 'filmProgram'] as const
const outside = [...requests, 'socket', ...server] as const
const anyTime = [...outside, 'event'] as const
const connections = [...requests, 'socket'] as const

/** Every action: what it means, and where. */
export const applies: Readonly<Record<ActionKind, Applies>> = {
  status: {
    at: connections,
    wire: ['socket'],
    means:
      "that status: as html, as a proxy's page; as json, in the service's own words; as text; as nothing; or saying that",
  },
  empty: { at: requests, means: 'status 200 and no body' },
  garbage: { at: [...requests, ...server], means: 'bytes that say nothing, as the answer or as the frame' },
  lag: { at: ['request'], only: ['GET /history'], means: '{}, as of a prompt that has no history entry yet' },
  setField: { at: requests, changes: true, means: 'a member of the JSON answer is that; * stands for any member' },
  dropField: { at: requests, changes: true, means: 'a member of the JSON answer is left out' },
  renameField: { at: requests, changes: true, means: 'a member of the JSON answer has another name' },
  setHeader: { at: requests, changes: true, means: 'a header of the answer is that' },
  dropHeader: { at: requests, changes: true, means: 'a header of the answer is left out' },
  nodeErrors: {
    at: ['request'],
    only: ['POST /prompt'],
    changes: true,
    means: 'status 200 with node_errors: the server leaves a branch of the graph out',
  },
  noOutputs: {
    at: ['request'],
    only: ['POST /prompt'],
    changes: true,
    means: 'the prompt succeeds and names no file, like one that was answered from the cache',
  },
  nameTaken: {
    at: ['request', 'reference'],
    only: ['POST /prompt', 'POST /upload/image'],
    changes: true,
    means: 'another file of that name is there: an upload is renamed, a save node counts on',
  },
  missingModel: {
    at: ['request'],
    only: ['POST /prompt', 'GET /object_info'],
    changes: true,
    means: 'the server does not have that model file',
  },
  shortBody: { at: requests, changes: true, means: 'less than there is (half of it), and a length that agrees' },
  damage: {
    at: ['request', 'end'],
    only: ['GET /view', 'HEAD /view'],
    changes: true,
    means:
      "the file on the server's disk, or those of the job, are so from then on; foreign: whole, and of another size",
  },
  delay: { at: [...requests, ...server, ...programs], means: 'it takes that much longer (latency)' },
  slow: { at: requests, changes: true, means: 'the answer comes at that rate (bandwidth, in KB per second)' },
  slice: { at: requests, changes: true, means: 'the answer comes in pieces of that size (slicer)' },
  truncate: {
    at: requests,
    wire: requests,
    changes: true,
    means: 'the answer ends before the length that it announced (limit_data)',
  },
  wrongLength: { at: requests, wire: requests, changes: true, means: 'ten bytes less are announced than are sent' },
  reset: {
    at: connections,
    wire: connections,
    means: 'the connection is reset (CONNECTION_RESET_BY_PEER, reset_peer)',
  },
  hang: {
    at: [...outside, ...programs],
    wire: connections,
    means: 'nothing more comes, for ever, or for that long and then the end (timeout)',
  },
  noAnswer: { at: connections, wire: connections, means: 'the connection ends without a byte (EMPTY_RESPONSE)' },
  malformed: {
    at: requests,
    wire: requests,
    means: 'a good status, then garbage, then the end (MALFORMED_RESPONSE_CHUNK)',
  },
  random: { at: requests, wire: requests, means: 'garbage instead of HTTP, then the end (RANDOM_DATA_THEN_CLOSE)' },
  slowClose: {
    at: requests,
    wire: requests,
    changes: true,
    means: 'the end of the connection, which is the end of the answer, comes that much later (slow_close)',
  },
  refuse: {
    at: anyTime,
    wire: anyTime,
    means: 'every connection to the service breaks, and so many more are refused, 1 unless it is said (down)',
  },
  drop: { at: server, changes: true, means: 'no socket gets the message' },
  duplicate: { at: server, changes: true, means: 'sockets get the message twice' },
  reorder: { at: server, changes: true, means: 'sockets get the message after the next one' },
  close: { at: ['socket', ...server], means: 'sockets are closed with that code; 1006 breaks them' },
  silence: { at: ['socket', ...server], means: 'sockets stay open and get nothing more' },
  restart: {
    at: anyTime,
    wire: anyTime,
    means: 'ComfyUI dies and comes back with nothing in queue and history; 3 connections are refused meanwhile',
  },
  interrupt: { at: anyTime, means: 'somebody interrupts what runs' },
  clearHistory: { at: anyTime, means: 'somebody clears the history' },
  clearQueue: { at: anyTime, means: 'somebody clears the queue' },
  outOfMemory: { at: ['step', 'node'], changes: true, means: 'the node is out of GPU memory, with a traceback' },
  raise: { at: ['step', 'node'], changes: true, means: 'the node raises that exception, with a traceback' },
  diskFull: {
    at: ['step', 'node', ...programs, 'write'],
    changes: true,
    means: "no space is left: on the server's disk at a node, else on ours",
  },
  ignore: { at: ['pod'], changes: true, means: 'RunPod says yes and does nothing' },
  fail: { at: programs, changes: true, means: 'the program ends with that exit code, 1 unless it is said' },
  kill: {
    at: [...anyTime, ...programs, 'write'],
    means: 'this program is killed, by SIGKILL unless another signal is said',
  },
}
