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

/** What a client wants, and has not got in an entry, if that was recorded for one that wanted something else. */
export function acceptParts(headers: Headers, { requestHeaders, responseHeaders }: LoadedEntry): RequestParts {
  const wanted = headers.get('accept')
  const type = responseHeaders.get('content-type')
  const isFine = wanted === null || type === null || wanted === requestHeaders.get('accept') || admits(wanted, type)
  return new Map(isFine ? [] : [['$.headers.accept', wanted]])
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
