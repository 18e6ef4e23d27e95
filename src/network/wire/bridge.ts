import type { Socket } from 'node:net'
import { type Duplex, duplexPair } from 'node:stream'

/**
 * Joins a claimed client connection to the server: `accept` gets the other end of an in-process pipe that looks like a socket.
 * Bytes flow both ways with backpressure. Closing is carried by hand: a plain `pipe` loses a close that the server starts
 * and a destroy by the client.
 */
export function bridge(client: Socket, encrypted: boolean, accept: (end: Duplex) => void): Duplex {
  const [near, far] = duplexPair()
  const acknowledge = holdWrites(client, near, far)
  client.on('data', (chunk) => near.write(chunk))
  client.on('finish', () => near.end())
  client.on('close', () => {
    near.destroy()
    far.destroy()
  })
  near.on('data', (chunk) => {
    // Node's client never frees a connection whose answer is complete before its last write is.
    acknowledge()
    if (!client.write(chunk)) near.pause()
  })
  client.on('drain', () => near.resume())
  near.on('end', () => client.end())
  // A server that breaks off destroys both ends of the pipe, without an end.
  near.on('close', () => client.end())
  far.on('close', () => {
    // What was sent still arrives; then the client sees the end, as after a FIN.
    if (!near.readableEnded && !near.destroyed) near.push(null)
  })
  accept(asSocket(far, encrypted, () => client.destroy(reset())))
  return near
}

/**
 * The interceptor acknowledges every write at once, so a client would buffer a whole upload. Here the acknowledgement
 * waits until the server has taken what came before. Gives what acknowledges all writes that wait.
 */
function holdWrites(client: Socket, near: Duplex, far: Duplex): () => void {
  const waiting: Array<() => void> = []
  const release = () => {
    for (const acknowledge of waiting.splice(0)) acknowledge()
  }
  // A turn of the event loop, or timers and signals starve while a long upload runs from memory to memory.
  near.on('drain', () => setImmediate(release))
  far.on('close', release)
  const write = client._writeGeneric
  client._writeGeneric = (writev, data, encoding, callback) =>
    write.call(client, writev, data, encoding, (error) => {
      if (near.writableNeedDrain && !far.destroyed) waiting.push(() => callback?.(error))
      else callback?.(error)
    })
  return release
}

/** As Node reports what the system said. */
function reset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', errno: -104, syscall: 'read' })
}

/** What `http.Server` and `ws` ask of a socket besides being a stream. `encrypted` makes request URLs `https:`. */
function asSocket(end: Duplex, encrypted: boolean, resetAndDestroy: () => void): Duplex {
  const same = () => end
  return Object.assign(end, {
    encrypted,
    resetAndDestroy,
    remoteAddress: '127.0.0.1',
    setTimeout: same,
    setNoDelay: same,
    setKeepAlive: same,
    ref: same,
    unref: same,
  })
}
