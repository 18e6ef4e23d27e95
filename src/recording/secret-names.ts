import { looksLikeKey } from './key-looks.ts'

/** What a name says of the value under it: it is a secret, it may be one (its looks tell), or it is none. */
export type Secrecy = 'secret' | 'perhaps' | 'open'

/**
 * One rule for headers, members of JSON, query and form fields, variables of the environment and options of programs: the parts
 * of a name decide, in whatever case they are written (`X-Api-Key`, `openaiApiKey`, `OPENAI_API_KEY`, `openaiapikey`).
 */
export function secrecyOf(name: string): Secrecy {
  const seen = known.get(name)
  if (seen !== undefined) return seen
  const secrecy = name.length > LONGEST ? 'open' : judged(partsOf(name).join('_'))
  // Names come from servers, too: there may be any number of them.
  if (known.size >= MANY) known.clear()
  known.set(name, secrecy)
  return secrecy
}

/** Whether what stands under a name has to go. */
export function isSecret(name: string, value: string): boolean {
  const secrecy = secrecyOf(name)
  return secrecy === 'secret' ? value !== '' : secrecy === 'perhaps' && looksLikeKey(value)
}

const known = new Map<string, Secrecy>()
const MANY = 10_000
const LONGEST = 128

/** In small letters, numbers left out: `openAIApiKey_2` is `open`, `ai`, `api`, `key`. */
function partsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((part) => part.replace(/\d+$/, ''))
    .filter((part) => part !== '')
}

function judged(name: string): Secrecy {
  if (open.test(name)) return 'open'
  const found = secret.exec(name)
  if (found) return about.test(name.slice(found.index + found[0].length)) ? 'open' : 'secret'
  return perhaps.test(name) ? 'perhaps' : 'open'
}

/** Whose key or for what: with it, a key is a secret. */
const keyOf = [
  'api access secret private signing sign encryption encrypt cipher auth account master shared subscription deploy ssh service storage',
  'admin license licence webhook session client app application project host gpg pgp hmac pem rsa aes ssl tls credential root consumer',
  'bot developer dev bearer token openai anthropic claude google gemini gcp aws azure civitai huggingface hf replicate stability runpod',
  'elevenlabs fal bfl kling luma runway ideogram recraft minimax deepseek mistral cohere groq xai github gitlab stripe twilio sendgrid',
  'slack comfy comfy_org vast modal together fireworks perplexity openrouter tripo meshy rodin pixverse vidu moonvalley',
]
  .join(' ')
  .replaceAll(' ', '|')

const words = [
  'token|secret|passw(?:or)?d|passphrase|passcode|pwd|credentials?|jwt',
  // Without a part before it, a word that others end with, too.
  `(?:${keyOf})_?keys?`,
  '(?:^|_)(?:authorization|assertion|bearer|cookies?|mnemonic|totp|otp|webhook(?:_url)?|dsn|sas)',
  '(?:basic|http|proxy|x|user|registry|docker|npm)_auth|auth_(?:header|value)',
  '(?:user|db|database|smtp|ftp|proxy|http|admin|root|login|account|mail|my_?sql|redis)_pass',
  '(?:upload|session|sess|phpsess|jsession)_?id|(?:^|_)session_(?:key|cookie)',
  '(?:connection|conn)_?str(?:ing)?|(?:recovery|seed|backup)_(?:phrase|code|words)',
  // What signs an address, and who did.
  '(?:amz|goog|oss|obs|cos|tos|ms|bce|q)_signature|(?:q_)?ak$|(?:aws|oss|google)_?access_?(?:key_?)?id|access_key_id|key_pair_id',
]
const secret = new RegExp(`(?:${words.join('|')})(?![a-z])(?!.*(?:token|secret|passw(?:or)?d|key)(?![a-z]))`)

/** What comes after the word and says that this is not the thing itself: `token_type`, `password_policy`, `secret_name`. */
const about = new RegExp(
  `(?:^|_)(?:${[
    'types?|names?|counts?|limit|length|len|size|max|min|urls?|uri|endpoint|path|file|filename|dir|folder|expiry|expires|expiration|expire',
    'expired|ttl|lifetime|in|at|normalization|norm|weights?|weighting|merging|merge|mode|index|idx|indices|positions?|embeddings?|embed',
    'encoder|replacement|separator|delimiter|strength|scale|ratio|enabled|required|hint|policy|label|format|version|algorithm|alg|rotation',
    'usage|used|budget|per|ids|info|status|valid|bucket|dropout|tooltip|error|interval|consent|domain|jar|provider|method|field|prefix',
  ].join('|')})(?:_|$)`,
)

/** Tokens that are pieces of text or pages, keys that are places, and marks of sockets. */
const open = new RegExp(
  `(?:^|_)(?:${[
    '(?:max|min|num|n|new|stop|pad|eos|bos|unk|cls|sep|mask|special|placeholder|trigger|initiali[sz]er|init|instance|class|image|img|text',
    'prompt|start|end|page|next|continuation|vision|audio|video|motion|style|content|clip|learned|word|first|last|per|output|input',
    'context|total|prefix|suffix|begin|empty|negative|positive|subject|sync|resume)_?token(?:_id)?$',
    'public_?key(?:_|$)|web_?socket_(?:key|accept)|allow_credentials$',
  ].join('|')})`,
)

const perhaps = /(?:^|_)(?:keys?|sig|signature|sign|auth|pass|pin|code|session|hmac|policy|security|access|identity)$/
