/** As much of it as is used: it has no types of its own. */
declare module 'supertest' {
  import type { Server } from 'node:http'

  export default function supertest(app: Server): { get(path: string): Promise<{ text: string; status: number }> }
}
