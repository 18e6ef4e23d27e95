/** One call of Google Cloud Storage's JSON API that is simulated. */
export interface GcsCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/storage/v1`, or of an upload below `/upload/storage/v1`. */
  readonly path: string
  /** The query parameters that it takes beside the standard ones. */
  readonly parameters: readonly string[]
}

const bucketConditions = ['ifMetagenerationMatch', 'ifMetagenerationNotMatch']
const conditions = ['ifGenerationMatch', 'ifGenerationNotMatch', ...bucketConditions]
const sourceConditions = conditions.map((name) => name.replace('if', 'ifSource'))
const insert = ['uploadType', 'upload_id', 'name', 'contentEncoding', 'predefinedAcl', 'projection', ...conditions]
const listing = [
  'delimiter',
  'startOffset',
  'endOffset',
  'matchGlob',
  'versions',
  'includeTrailingDelimiter',
  'includeFoldersAsPrefixes',
  'softDeleted',
]
const page = ['prefix', 'maxResults', 'pageToken', 'projection']

const object = '/b/:bucket/o/:object'
const elsewhere = ':toBucket/o/:toObject'

/**
 * What is simulated, by the names of Google's documentation. Whatever else is asked for, a call or a parameter, has no answer.
 * https://cloud.google.com/storage/docs/json_api/v1
 */
export const gcsCalls = {
  'buckets.list': { method: 'GET', path: '/b', parameters: ['project', ...page] },
  'buckets.insert': { method: 'POST', path: '/b', parameters: ['project', 'projection'] },
  'buckets.get': { method: 'GET', path: '/b/:bucket', parameters: ['projection', ...bucketConditions] },
  'buckets.patch': { method: 'PATCH', path: '/b/:bucket', parameters: ['projection', ...bucketConditions] },
  'buckets.delete': { method: 'DELETE', path: '/b/:bucket', parameters: bucketConditions },
  'objects.list': {
    method: 'GET',
    path: '/b/:bucket/o',
    parameters: [...page, ...listing],
  },
  'objects.get': {
    method: 'GET',
    path: object,
    parameters: ['generation', 'projection', 'softDeleted', ...conditions],
  },
  'objects.patch': { method: 'PATCH', path: object, parameters: ['generation', 'projection', ...conditions] },
  'objects.update': { method: 'PUT', path: object, parameters: ['generation', 'projection', ...conditions] },
  // Google's library deletes what it has listed with the parameters by which it was listed; they say nothing of one object.
  'objects.delete': { method: 'DELETE', path: object, parameters: ['generation', ...conditions, ...page, ...listing] },
  'objects.copy': {
    method: 'POST',
    path: `${object}/copyTo/b/${elsewhere}`,
    parameters: ['sourceGeneration', 'projection', ...conditions, ...sourceConditions],
  },
  'objects.rewrite': {
    method: 'POST',
    path: `${object}/rewriteTo/b/${elsewhere}`,
    parameters: ['sourceGeneration', 'projection', ...conditions, ...sourceConditions],
  },
  'objects.compose': {
    method: 'POST',
    path: `${object}/compose`,
    parameters: ['deleteSourceObjects', 'projection', ...conditions],
  },
  'objects.move': {
    method: 'POST',
    path: `${object}/moveTo/o/:toObject`,
    parameters: ['projection', ...conditions, ...sourceConditions],
  },
} as const satisfies Record<string, GcsCall>

/** Uploads: media, multipart, and the three things that are done with an upload session. */
export const gcsUploads = {
  'objects.insert': { method: 'POST', path: '/b/:bucket/o', parameters: insert },
  'upload session: send or ask': { method: 'PUT', path: '/b/:bucket/o', parameters: insert },
  'upload session: cancel': { method: 'DELETE', path: '/b/:bucket/o', parameters: insert },
} as const satisfies Record<string, GcsCall>

/** Parameters of every call that change how an answer is written, or nothing in it. https://cloud.google.com/storage/docs/json_api/v1/parameters */
export const standardParameters: readonly string[] = [
  'alt',
  'fields',
  'prettyPrint',
  // Who asks, and who pays.
  'access_token',
  'oauth_token',
  'key',
  'quotaUser',
  'userIp',
  'userProject',
]

/** The simulated calls in one line. */
export const gcsKnown = `Google Cloud Storage, JSON API v1: ${['objects.insert', ...Object.keys(gcsCalls)].join(', ')}`
