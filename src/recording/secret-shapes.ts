import { FILE_ENDS, isRandom } from './key-looks.ts'
import { rangesOfMaintainedRules } from './maintained-rules.ts'

/** A secret that its own form gives away, and what a placeholder calls it. */
export interface Shaped {
  readonly start: number
  readonly end: number
  readonly name: string
}

/** Keys of known forms in a text, in order and apart from each other. Hardly a text has any, and that is seen at once. */
export function shapesIn(text: string): Shaped[] {
  if (!mayHaveShapes(text)) return []
  const own = shapes
    .flatMap(([name, shape]) =>
      Array.from(text.matchAll(shape), ({ 0: seen, index }) => ({ start: index, end: index + seen.length, name })),
    )
    .filter(({ start, end }) => !isName(text, start, end))
  const prefixed = Array.from(text.matchAll(vendor))
    .filter(([, , body]) => isKeyBody(body!))
    .map(({ 0: seen, index }) => ({ start: index, end: index + seen.length, name: 'key' }))
  const maintained = rangesOfMaintainedRules(text)
    .filter(([start, end]) => !isName(text, start, end))
    .map(([start, end]) => ({ start, end, name: 'key' }))
  return apart([...own, ...prefixed, ...maintained])
}

/** What opens the keys of a vendor, before letters, digits, `_` and `-` that nobody thought up. */
const prefixes = [
  // Code and packages.
  'gh[pousr]_|github_pat_|gl(?:pat|dt|rt|ft|ptt|soat|cbt|oas|imt|agent|ffct)-|npm_|pypi-|rubygems_|dckr_(?:pat|oat)_|CCIPAT_|ATATT3|ATCTT3|ATBB|BBDC-|sgp_|snyk_',
  // Models and machines.
  'sk-(?:proj-|ant-[a-z\\d]+-|or-v1-|svcacct-|admin-|lf-)?|[sr]k_|hf_|api_org_|rp[as]_|r8_|gsk_|xai-|pplx-|fw_|nvapi-|csk-|tgp_v1_|comfyui-|key-|jina_|vastai_|fal_|civitai_|as-|ak-',
  // Clouds.
  'ya29\\.|GOCSPX-|1//0|d[oop][opr]?_v1_|hv[sbr]\\.|dapi|dop_v1_|tskey-|cf(?:k|ut|at)_|vc[piark]_|pul-|HRKU-|fo1_|fm[12]_|FlyV1 fm2_|sbp_|sb_secret_|pscale_(?:tkn|pw|oauth)_|dp\\.(?:pt|st|sa|ct|scim|audit)\\.|tfp_|scw_|nf[pc]_|rnd_|railway_',
  // Services.
  'xox[abeoprs]-|xoxe\\.xox[bp]-|xapp-|SG\\.|shp(?:at|ca|pa|ss|ua)_|whsec_|lin_(?:api|oauth)_|ntn_|secret_|figd_|gl(?:c|sa)_|ops_|PMAK-|NR(?:AK|JS|II|RA)-|rdme_|sntry[su]_|EAA|sq0[ac][ts]p-|phc_|phx_|duffel_|EZ[AT]K|FLWSECK|xkeysib-|xsmtpsib-|shippo_|waka_|zpka_|bkua_|CLOJARS_|lip_|AKCp|LTAI|AKLT|AKID|patx?\\.|key_live_|rzp_live_|sl\\.',
].join('|')
const vendor = new RegExp(`(?<![A-Za-z\\d])(${prefixes})([\\w./+=-]{16,})`, 'g')

/** Forms that their own letters and length tell from anything else. */
const shapes: ReadonlyArray<readonly [name: string, shape: RegExp]> = [
  [
    'private_key',
    /-----BEGIN[A-Z\d ]* ?PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END[A-Z\d ]* ?PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ],
  ['private_key', /\bPuTTY-User-Key-File-\d:[\s\S]*?Private-MAC: \w+|\bAGE-SECRET-KEY-1[A-Z\d]{50,}/g],
  ['jwt', /\bey[JK][\w-]{8,}\.[\w-]{8,}\.[\w-]*(?:\.[\w-]*\.[\w-]*)?/g],
  ['key', /\bAIza[\w-]{16,}|\brpa_[A-Z\d]{16,}\b|\bya29\.[\w.-]{20,}/g],
  ['key', /\b(?:A3T[A-Z\d]|AKIA|ASIA|ABIA|ACCA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA)[A-Z\d]{16}\b/g],
  [
    'key',
    /\bgh[pousr]_\w{36,}|\b(?:hf|api_org)_[A-Za-z]{34}\b|\bshp(?:at|ca|pa|ss|ua)_[\da-f]{32}\b|\bxox[a-z]-\d{6,}-[\w-]{16,}|\bsk-[A-Za-z\d]{48}\b|\bNRAK-[A-Z\d]{27}\b|\bsk-(?:ant-[a-z\d]+|proj|svcacct|admin)-[\w-]{40,}|\bhv[sbr]\.[\w-]{80,}/g,
  ],
  // As short as a name: their length tells them from one.
  [
    'key',
    /\b(?:gl(?:pat|dt|rt)-[\w-]{20}|sq0atp-[\w-]{22})(?![\w-])|\b(?:[sr]k_(?:live|test)_[A-Za-z\d]{24,99}|rzp_(?:live|test)_[A-Za-z\d]{14,20}|LTAI[A-Za-z\d]{20}|dckr_pat_[\w-]{27}|SG\.[\w-]{22}\.[\w-]{43})(?!\w)/g,
  ],
  // Telegram, Discord, fal, Mailchimp, Twilio, Azure's directory.
  ['key', /\b\d{8,10}:AA[\w-]{33}(?![\w-])|\b[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/g],
  [
    'key',
    /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}:[\da-f]{32}\b|\b[\da-f]{32}-us\d{1,2}\b|\b(?:SK|AC)[\da-f]{32}\b/g,
  ],
  ['key', /(?<![\w~.])[A-Za-z\d_~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])/g],
  [
    'webhook',
    /(?<=\bhttps?:\/\/)(?:hooks\.slack\.com\/(?:services|workflows|triggers)|(?:canary\.|ptb\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks|[\w-]+\.webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook|hooks\.zapier\.com\/hooks\/catch|hook\.(?:[\w-]+\.)?make\.com|hook\.integromat\.com|maker\.ifttt\.com\/(?:trigger|use)|open\.(?:feishu\.cn|larksuite\.com)\/open-apis\/bot|hc-ping\.com|api\.telegram\.org\/bot\d|chat\.googleapis\.com\/v1\/spaces|events\.pagerduty\.com\/(?:integration|x-ere)|[\w.-]+\.logic\.azure\.com|webhook\.site|ntfy\.sh)[\w./:%~+-]*\/?[^\s"'<>\\]{6,}/gi,
  ],
]

/** Services whose addresses are secrets, and addresses with somebody's password. */
const addresses =
  '://(?:[^\\s/@"?#]{1,300}@|hooks?\\.|(?:canary\\.|ptb\\.)?discord|[\\w-]+\\.webhook|outlook|maker|open\\.|hc-ping|api\\.tele|chat\\.goo|events\\.pager|webhook|ntfy|[\\w.-]+\\.logic)'

/**
 * What is not a vendor's prefix in any of the above, and in what the maintained rules begin with; searched for in every text, so each begins
 * with letters of its own.
 */
const signs = new RegExp(
  [
    'waka_|(?:EAA|AKCp|LTAI|AKLT|AKID|AT(?:BB|ATT3|CTT3)|dapi|1//0)[\\w./+=-]{16}',
    '-----BEGIN|PuTTY-User|AGE-SECRET|ey[JK][\\w-]{8}|AIza|A(?:3T.|KIA|SIA|BIA|CCA|GPA|IDA|ROA|IPA|NPA|NVA)[A-Z\\d]{16}',
    'T3BlbkFJ|:AA[\\w-]{33}|\\.[\\w-]{6}\\.[\\w-]{27}|:[\\da-f]{32}|-us\\d|(?:SK|AC)[\\da-f]{32}|\\dQ~|_authToken',
    '(?:secret|SECRET|Secret)_?(?:access|ACCESS|Access)',
    addresses,
  ].join('|'),
)

/** What follows the others. To look for 150 prefixes takes ten times as long: only texts that have this are searched for them. */
const spelled = /[_.-][A-Za-z\d]{14}/
const openings = new RegExp(`(?<![A-Za-z])(?:${prefixes}|xox[a-z]-|rzp_test_)[\\w./+=-]{3}`)
const anyAddress = new RegExp(`${addresses}|://\\S{1,300}@`, 'i')

function mayHaveShapes(text: string): boolean {
  return signs.test(text) || (spelled.test(text) && (openings.test(text) || anyAddress.test(text)))
}

/** A name that somebody thought up is none, whatever it begins with, and neither is that of a file. */
function isKeyBody(body: string): boolean {
  if (fileName.test(body)) return false
  const runs = body.match(/[A-Za-z\d]{14,}/g) ?? []
  return (
    uuid.test(body) ||
    runs.some((run) => (run.length >= 20 || body.length >= 30) && isWhole(run, body) && isRandom(run))
  )
}

/** Of a short run between separators the name of a model may consist; at the start it would stand alone. */
function isWhole(run: string, body: string): boolean {
  return run.length >= 20 || !body.startsWith(run)
}

/** The maintained rules know no models. The 34 letters of a token of Hugging Face stand alone, those of a model before its version. */
function isName(text: string, start: number, end: number): boolean {
  const seen = text.slice(start, end)
  if (/^hf_[A-Za-z]{34}$/.test(seen) && /^\w/.test(text.slice(end)) && !isRandom(seen.slice(3))) return true
  return /^[\w.-]+$/.test(seen) && fileName.test(text.slice(start, end + 16))
}

const uuid = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/
const fileName = new RegExp(`^[\\w.+=-]*?${FILE_ENDS}(?![\\w])`, 'i')

function apart(found: readonly Shaped[]): Shaped[] {
  const kept: Shaped[] = []
  for (const next of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1)
    if (!last || next.start >= last.end) kept.push(next)
    else if (next.end > last.end) kept[kept.length - 1] = { ...last, end: next.end }
  }
  return kept
}
