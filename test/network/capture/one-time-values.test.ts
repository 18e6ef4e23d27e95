import { expect, it } from 'vitest'
import { withoutOneTime } from '../../../src/network/capture/one-time-values.ts'

it('leaves nothing of what is drawn anew for each exchange', () => {
  const id = 'fcfd980c-71da-43f5-965d-2ca6f4bae0fa'
  expect(
    withoutOneTime([
      { name: 'Sec-WebSocket-Key', value: 'oV+dS+GnIuMP5XjAVnPs8g==' },
      { name: 'sec-websocket-accept', value: 'HSmrc0sMlYUkAGmm5OPpG2HaGWk=' },
      { name: 'sec-websocket-version', value: '13' },
      { name: 'X-Goog-Api-Client', value: `gl-node/24 gccl/8.4.0-ESM gccl-invocation-id/${id} gccl-gcs-cmd/x` },
      { name: 'x-request-id', value: id },
    ]),
  ).toEqual([
    { name: 'Sec-WebSocket-Key', value: '{{secret:sec-websocket-key}}' },
    { name: 'sec-websocket-accept', value: '{{secret:sec-websocket-accept}}' },
    { name: 'sec-websocket-version', value: '13' },
    {
      name: 'X-Goog-Api-Client',
      value: 'gl-node/24 gccl/8.4.0-ESM gccl-invocation-id/{{secret:x-goog-gcs-idempotency-token}} gccl-gcs-cmd/x',
    },
    { name: 'x-request-id', value: id },
  ])
})
