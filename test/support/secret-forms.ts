import { createHash } from 'node:crypto'
import { seed } from './seeded.ts'

/** Random choices that follow from the seed and a place, cheap enough for hundreds of thousands of them. */
export class Choices {
  #state: number

  constructor(place: string) {
    this.#state = createHash('sha256').update(`${seed} ${place}`).digest().readUInt32BE()
  }

  /** 0 up to `count`. (xorshift32) */
  below(count: number): number {
    let state = this.#state || 1
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state >>> 0
    return this.#state % count
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  text(alphabet: string, length: number): string {
    let text = ''
    for (let at = 0; at < length; at += 1) text += alphabet[this.below(alphabet.length)]
    return text
  }
}

const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const lower = upper.toLowerCase()
const digits = '0123456789'
const alphabets: Readonly<Record<string, string>> = {
  A: upper + digits,
  a: lower + digits,
  h: `${digits}abcdef`,
  d: digits,
  l: lower + upper,
  x: upper + lower + digits,
  w: `${upper}${lower}${digits}_-`,
  b: `${upper}${lower}${digits}+/`,
}

/**
 * Keys by their forms, as their vendors document them: `<x36>` is 36 of that alphabet. secretlint's preset, gitleaks and GitHub's
 * list of patterns name these.
 */
const forms: readonly string[] = [
  ...[
    'ghp_<x36>',
    'gho_<x36>',
    'ghu_<x36>',
    'ghs_<x36>',
    'ghr_<x36>',
    'github_pat_<x22>_<x59>',
    'glpat-<x20>',
    'gldt-<x20>',
  ],
  ...['glrt-<x20>', 'npm_<x36>', 'pypi-AgEIcHlwaS5vcmc<x70>', 'rubygems_<h48>', 'dckr_pat_<x27>', 'ATATT3xFfGF0<x170>'],
  ...[
    'sk-<x48>',
    'sk-<x20>T3BlbkFJ<x20>',
    'sk-proj-<w74>T3BlbkFJ<w74>',
    'sk-svcacct-<w74>T3BlbkFJ<w74>',
    'sk-ant-api03-<w93>AA',
  ],
  ...[
    'sk-or-v1-<h64>',
    'hf_<l34>',
    'api_org_<l34>',
    'rpa_<A42>',
    'r8_<x37>',
    'gsk_<x52>',
    'xai-<x80>',
    'pplx-<x48>',
    'nvapi-<x64>',
  ],
  ...[
    'comfyui-<h64>',

    'AIza<x35>',
    'ya29.<x60>',
    'ya29.a0<w120>',
    'GOCSPX-<x28>',
    '1//0<x60>',
    'AKIA<A16>',
    'ASIA<A16>',
  ],
  ...[
    'dop_v1_<h64>',
    'doo_v1_<h64>',
    'dor_v1_<h64>',
    'hvs.<x95>',
    'hvb.<x140>',
    'tskey-auth-<x16>-<x32>',
    'tskey-api-<x12>-<x32>',
  ],
  ...[
    'cfut_<x40><h8>',
    'cfat_<x40><h8>',
    'vcp_<x40>',
    'vck_<x56>',
    'dapi<h32>',
    'sbp_<h40>',
    'pscale_tkn_<x43>',
    'dp.pt.<x43>',
  ],
  ...['xoxb-<d12>-<d12>-<x24>', 'xoxp-<d12>-<d12>-<d12>-<h32>', 'xapp-1-A<A10>-<d13>-<h64>', 'SG.<x22>.<x43>'],
  ...[
    'shpat_<h32>',
    'shpss_<h32>',
    'shpca_<h32>',
    'sk_live_<x24>',
    'rk_live_<x24>',
    'sk_test_<x99>',
    'whsec_<x32>',
    'lin_api_<x40>',
  ],
  ...[
    'ntn_<d11><x35>',
    'secret_<x43>',
    'figd_<x40>',
    'glc_eyJ<x80>',
    'glsa_<x32>_<h8>',
    'PMAK-<h24>-<h34>',
    'NRAK-<A27>',
  ],
  ...[
    'sntrys_<x64>',
    'sq0atp-<x22>',
    'sq0csp-<x43>',
    'EAACEdEose0cBA<x120>',
    'xkeysib-<h64>-<x16>',
    'shippo_live_<h40>',
    'waka_<h8>-<h4>-4<h3>-a<h3>-<h12>',
  ],
  ...['AKCp<x69>', 'LTAI<x20>', 'rzp_live_<x20>', 'phc_<x43>', 'duffel_live_<x43>', 'PuTTY'],
  ...['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI<x40>.<x43>', '<d10>:AA<w33>', 'MT<x22>.G<x5>.<x38>', '<h32>-us12', 'SK<h32>'],
  ...['<h8>-<h4>-4<h3>-a<h3>-<h12>:<h32>', '<x3>8Q~<x34>'],
  ...['https://hooks.slack.com/services/T<A10>/B<A10>/<x24>', 'https://discord.com/api/webhooks/<d18>/<x68>'],
  ...['https://acme.webhook.office.com/webhookb2/<h8>-<h4>-4<h3>-a<h3>-<h12>@<h8>/IncomingWebhook/<h32>/<h8>'],
  ...['https://hooks.zapier.com/hooks/catch/<d7>/<x16>', 'https://api.telegram.org/bot<d10>:AA<w33>/sendMessage'],
  ...['postgres://joe:<x18>@db.example.org/films', 'mongodb+srv://joe:<x18>@cluster0.example.net/?retryWrites=true'],
  ...[
    'https://joe:<x20>@git.example.org/films.git',
    'redis://:<x24>@cache.example.org:6379',
    'amqp://joe:<x18>@mq.example.org',
  ],
  ...['https://films.s3.amazonaws.com/a.mp4?X-Amz-Credential=<A20>&X-Amz-Signature=<h64>'],
  ...['https://storage.googleapis.com/b/a.mp4?X-Goog-Algorithm=GOOG4&X-Goog-Signature=<h128>'],
  ...[
    'https://films.blob.core.windows.net/c/a.mp4?sv=2024-01-01&sig=<x43>%3D',
    'https://d1.cloudfront.net/a.mp4?Expires=1&Signature=<x80>&Key-Pair-Id=K<A13>',
  ],
  ...['https://b.oss-cn-hangzhou.aliyuncs.com/a.mp4?OSSAccessKeyId=LTAI<x20>&Signature=<x27>%3D'],
  ...['DefaultEndpointsProtocol=https;AccountName=films;AccountKey=<b86>==;EndpointSuffix=core.windows.net'],
  ...[
    'OPENAI_API_KEY=<x40>',
    'aws_secret_access_key = <b40>',
    'password: <x14>7x',
    'DB_PASSWORD="<x16>"',
    'export HF_TOKEN=<x34>',
  ],
  ...[
    'Authorization: Bearer <x40>',
    'Cookie: session=<x32>; theme=dark',
    'Set-Cookie: sid=<x32>; HttpOnly',
    '--api-key <x32>',
    '--token=<x32>',
  ],
].filter((form) => form !== 'PuTTY')

/** A secret as it stands somewhere, and a part of it that nothing else has: what must not be found. */
export interface Planted {
  readonly text: string
  readonly core: string
}

/** Keys of known forms, every form in turn; private keys among them. */
export function keysOfForms(count: number): Planted[] {
  const choices = new Choices('keys of forms')
  return Array.from({ length: count }, (_, index) => {
    const form = forms[index % (forms.length + 1)]
    return form === undefined ? privateKey(choices) : filled(form, choices)
  })
}

function filled(form: string, choices: Choices): Planted {
  const parts: string[] = []
  const text = form.replaceAll(/<(\w)(\d+)>/g, (_, alphabet: string, length: string) => {
    const part = choices.text(alphabets[alphabet]!, Number(length))
    parts.push(part)
    return part
  })
  return { text, core: longestRun(parts) }
}

function privateKey(choices: Choices): Planted {
  const kind = choices.of(['', 'RSA ', 'EC ', 'OPENSSH ', 'ENCRYPTED '])
  const lines = Array.from({ length: 4 }, () => choices.text(alphabets['b']!, 64))
  const text = `-----BEGIN ${kind}PRIVATE KEY-----\nMIIE${lines.join('\n')}\n-----END ${kind}PRIVATE KEY-----\n`
  return { text, core: longestRun(lines) }
}

function longestRun(parts: readonly string[]): string {
  const runs = parts.flatMap((part) => part.match(/[A-Za-z\d]+/g) ?? [])
  return runs.toSorted((a, b) => b.length - a.length)[0]!
}

/** Values that only their names tell: of the length and letters of a key, and of those that people choose. */
export function plainSecrets(count: number): Planted[] {
  const choices = new Choices('plain secrets')
  return Array.from({ length: count }, () => {
    const core = choices.text(alphabets['x']!, 14 + choices.below(30))
    return { text: choices.of([core, core, `${core}!`, `${core}==`, `pass ${core} word`]), core }
  })
}

/** Names of secrets, as node packs, programs and services have them. */
export const secretNames: readonly string[] = (
  'token api_key apiKey API_KEY ApiKey api-key apikey openai_api_key openaiApiKey OPENAI_API_KEY aws_secret_access_key secretAccessKey github_token ' +
  'githubToken user_password userPassword password passwd passphrase secret client_secret clientSecret private_key access_token accessToken ' +
  'refresh_token id_token auth_token authToken bearer_token hf_token HF_TOKEN huggingface_token civitai_api_key civitai_token runpod_api_key ' +
  'RUNPOD_API_KEY replicate_api_token stability_key gemini_api_key anthropic_api_key db_password smtp_pass webhook_secret signing_key ' +
  'encryption_key session_token sessionToken csrf_token credentials jwt api_key_comfy_org auth_token_comfy_org license_key account_key storage_key ' +
  'connection_string discord_webhook_url bot_token x_api_key service_account_key ssh_key api_token apiToken api_secret app_secret consumer_secret'
).split(' ')
