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

/** 400: a request that cannot be understood. */
export const invalid = (message: string) => new GcsFailure(400, 'invalid', message)

/** 400: a query parameter with a value that it cannot have. */
export const invalidParameter = (location: string, message: string) =>
  new GcsFailure(400, 'invalidParameter', message, { locationType: 'parameter', location })

/** 400: something that the call cannot do without. */
export const required = (what: string) => new GcsFailure(400, 'required', `Required parameter: ${what}`)

/** 501: what the simulator has no answer to, and what comes nearest; the ledger makes a problem of it. */
export class NotSimulated extends GcsFailure {
  readonly nearest: string

  constructor(what: string, nearest: string) {
    super(501, 'notImplemented', `The simulator has no answer to ${what}.`)
    this.nearest = nearest
  }
}

/** 401: a request without a token. */
export const loginRequired = () =>
  new GcsFailure(401, 'required', 'Login Required.', { locationType: 'header', location: 'Authorization' })

/** 404: a bucket that does not exist. */
export const noSuchBucket = () => new GcsFailure(404, 'notFound', 'The specified bucket does not exist.')

/** 409: a bucket that exists already. */
export const bucketExists = () =>
  new GcsFailure(409, 'conflict', 'Your previous request to create the named bucket succeeded and you already own it.')

/** 409: a bucket that still has objects. */
export const bucketNotEmpty = () => new GcsFailure(409, 'conflict', 'The bucket you tried to delete is not empty.')

/** 404: an object that does not exist. */
export const noSuchObject = (bucket: string, name: string) =>
  new GcsFailure(404, 'notFound', `No such object: ${bucket}/${name}`)

/** 412: an `if…Match` that does not hold. */
export const conditionNotMet = () =>
  new GcsFailure(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.', {
    locationType: 'header',
    location: 'If-Match',
  })

/** 304, without a body: an `if…NotMatch` that does not hold. */
export const notModified = () => new GcsFailure(304, 'notModified', 'Not Modified')

/** A session that was cancelled less than a week ago. */
export const sessionGone = () => new GcsFailure(410, 'gone', 'The upload session is no longer available.')

/** 404: an upload session that never was, or that began a week ago or earlier. */
export const noSuchSession = () => new GcsFailure(404, 'notFound', 'The upload session was not found.')

/** 416: a `Range` beyond the end of the object. */
export const rangeNotSatisfiable = () =>
  new GcsFailure(416, 'requestedRangeNotSatisfiable', 'Requested range not satisfiable', {
    locationType: 'header',
    location: 'Range',
  })
