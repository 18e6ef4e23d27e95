/** A refusal in the words of the JSON API: `{"error": {code, message, errors: [{domain, reason, message}]}}`. */
export class GcsFailure extends Error {
  override readonly name = 'GcsFailure'
  readonly status: number
  readonly reason: string
  readonly where: { readonly locationType: string; readonly location: string } | undefined

  constructor(status: number, reason: string, message: string, where?: GcsFailure['where']) {
    super(message)
    this.status = status
    this.reason = reason
    this.where = where
  }

  toJSON(): object {
    const detail = { message: this.message, domain: 'global', reason: this.reason, ...this.where }
    return { error: { code: this.status, message: this.message, errors: [detail] } }
  }
}

export const invalid = (message: string) => new GcsFailure(400, 'invalid', message)

export const loginRequired = () =>
  new GcsFailure(401, 'required', 'Login Required.', { locationType: 'header', location: 'Authorization' })

export const noSuchBucket = () => new GcsFailure(404, 'notFound', 'The specified bucket does not exist.')

export const noSuchObject = (bucket: string, name: string) =>
  new GcsFailure(404, 'notFound', `No such object: ${bucket}/${name}`)

export const conditionNotMet = () =>
  new GcsFailure(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.', {
    locationType: 'header',
    location: 'If-Match',
  })

/** A session that was cancelled less than a week ago. */
export const sessionGone = () => new GcsFailure(410, 'gone', 'The upload session is no longer available.')

export const noSuchSession = () => new GcsFailure(404, 'notFound', 'The upload session was not found.')

export const rangeNotSatisfiable = () =>
  new GcsFailure(416, 'requestedRangeNotSatisfiable', 'Requested range not satisfiable', {
    locationType: 'header',
    location: 'Range',
  })
