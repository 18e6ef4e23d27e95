import type { LoadedEntry } from '../../../recording/loaded-entry.ts'
import type { RequestParts } from './request-parts.ts'

/** Headers of a request that choose what a server answers, as far as they have chosen the answer of an entry. */
export function selectingParts(headers: Headers, { status }: LoadedEntry): RequestParts {
  const names = status === 304 ? ['range', 'if-none-match', 'if-modified-since'] : ['range']
  return new Map(
    names.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[`$.headers.${name}`, value] as const]
    }),
  )
}

/** What a client accepts, where that is not what the answer of an entry is; beside it, what the client accepted that got it. */
export function acceptParts(headers: Headers, { requestHeaders, responseHeaders }: LoadedEntry) {
  const wanted = headers.get('accept')
  const type = responseHeaders.get('content-type')
  const before = requestHeaders.get('accept')
  if (wanted === null || type === null || wanted === before || admits(wanted, type)) return null
  return { recorded: ['$.headers.accept', before ?? type], asked: ['$.headers.accept', wanted] } as const
}

/** Whether one of the media ranges takes in a type. */
function admits(accept: string, type: string): boolean {
  const [main = '', sub = ''] = mediaType(type).split('/')
  return accept.split(',').some((range) => {
    const [wantedMain, wantedSub] = mediaType(range).split('/')
    return /;\s*q=0(?:\.0*)?\s*(?:;|$)/.test(range)
      ? false
      : (wantedMain === '*' || wantedMain === main) && (wantedSub === '*' || wantedSub === sub)
  })
}

function mediaType(value: string): string {
  return value.split(';')[0]!.trim().toLowerCase()
}
