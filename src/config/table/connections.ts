import { bucketAddress, headers, httpUrls } from '../parse-address.ts'
import { serverList } from '../parse-servers.ts'
import { path, pemFile, text } from '../parse-value.ts'
import { setting } from '../setting.ts'

const word = text(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

/** Where the services are and how to get in. */
export const connectionSettings = {
  comfyuiUrl: setting({
    group: 'ComfyUI',
    describe: 'where ComfyUI listens; a base path is fine; repeatable: several servers share the films',
    shows: 'URL',
    otherwise: 'http://127.0.0.1:8188/',
    variable: 'COMFYUI_URL',
    repeatable: true,
    parse: httpUrls,
    fallback: [new URL('http://127.0.0.1:8188')],
  }),
  comfyuiToken: setting({
    group: 'ComfyUI',
    describe: 'bearer token of a protected server',
    shows: 'TOKEN',
    variable: 'COMFYUI_TOKEN',
    secret: true,
    parse: word,
    fallback: null,
  }),
  comfyuiHeader: setting({
    group: 'ComfyUI',
    describe: "an extra header for every request, repeatable: 'Name: value'",
    shows: 'HEADER',
    repeatable: true,
    secret: true,
    parse: headers,
    fallback: {},
  }),
  servers: setting({
    group: 'ComfyUI',
    describe: 'several servers, each with its url, token, headers and price of an hour',
    shows: 'LIST',
    fileOnly: true,
    secret: true,
    parse: serverList,
    fallback: [],
  }),
  ca: setting({
    group: 'ComfyUI',
    describe: 'certificate authority to trust besides the known ones',
    shows: 'PEM',
    parse: pemFile,
    fallback: null,
  }),
  bucket: setting({
    group: 'Storage',
    describe: 'where the finished video goes: gs://bucket/prefix',
    shows: 'GS-URL',
    variable: 'PR_BUCKET',
    parse: bucketAddress,
    fallback: null,
  }),
  googleCredentials: setting({
    group: 'Storage',
    describe: 'key file for Google',
    shows: 'FILE',
    variable: 'GOOGLE_APPLICATION_CREDENTIALS',
    environmentOnly: true,
    parse: path,
    fallback: null,
  }),
  googleProject: setting({
    group: 'Storage',
    describe: 'project of the bucket',
    shows: 'ID',
    variable: 'GOOGLE_CLOUD_PROJECT',
    environmentOnly: true,
    parse: word,
    // Google's library runs gcloud when it has no project id at all; uploads themselves never send it.
    fallback: 'prompt-runner',
  }),
  podId: setting({
    group: 'Pod',
    describe: 'the RunPod pod that the server runs on',
    shows: 'ID',
    variable: 'RUNPOD_POD_ID',
    parse: text(/^[A-Za-z0-9_-]+$/, 'must be letters and digits, as RunPod shows it'),
    fallback: null,
  }),
  runpodApiKey: setting({
    group: 'Pod',
    describe: 'key for the RunPod API',
    shows: 'KEY',
    variable: 'RUNPOD_API_KEY',
    environmentOnly: true,
    secret: true,
    parse: word,
    fallback: null,
  }),
  ffmpeg: setting({
    group: 'Programs',
    describe: 'the ffmpeg to run',
    shows: 'PROGRAM',
    variable: 'FFMPEG_PATH',
    parse: text(),
    fallback: 'ffmpeg',
  }),
  ffprobe: setting({
    group: 'Programs',
    describe: 'the ffprobe to run',
    shows: 'PROGRAM',
    variable: 'FFPROBE_PATH',
    parse: text(),
    fallback: 'ffprobe',
  }),
}
