import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const path = (name: string) => resolve('fixtures/certificates', name)
const read = (name: string) => readFileSync(path(name), 'utf8')

/** Signed by itself, for 127.0.0.1 and for the names that the live tests turn to it. */
export const loopbackCertificate = {
  key: read('loopback.key'),
  cert: read('loopback.pem'),
  path: path('loopback.pem'),
}

/** Of an authority that has signed nothing. */
export const anotherAuthority = read('another.pem')
