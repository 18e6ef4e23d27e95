import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import { expect, it } from 'vitest'
import { shapesIn } from '../../src/recording/secret-shapes.ts'

/** A key of each rule; made up, in the form that its vendor documents. */
const letters = (length: number) => 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC2x'.repeat(12).slice(0, length)
const hex = (length: number) => 'a1b2c3d4e5f60718'.repeat(12).slice(0, length)
const account = Buffer.from(JSON.stringify({ email: 'otter@example.org', secretKey: letters(80) })).toString('base64')
const keys: Readonly<Record<string, string>> = {
  aws: `AKIA${letters(40).toUpperCase().slice(0, 16)}`,
  privatekey: `-----BEGIN PRIVATE KEY-----\nMIIE${letters(200)}\n-----END PRIVATE KEY-----`,
  npm: `npm_${letters(36)}`,
  basicauth: `https://otter:${letters(16)}@git.films.example.org`,
  slack: `xoxb-${'1'.repeat(12)}-${letters(24)}`,
  sendgrid: `SG.${letters(22)}.${letters(43)}`,
  shopify: `shpat_${hex(32)}`,
  stripe: `sk_live_${letters(24)}`,
  github: `ghp_${letters(36)}`,
  gitlab: `glpat-${letters(20)}`,
  grafana: `glsa_${letters(32)}_${hex(8)}`,
  openai: `sk-${letters(20)}T3BlbkFJ${letters(20)}`,
  anthropic: `sk-ant-api03-${letters(93)}AA`,
  groq: `gsk_${letters(52)}`,
  huggingface: `hf_${letters(80).replaceAll(/\d/g, '').slice(0, 34)}`,
  linear: `lin_api_${letters(40)}`,
  notion: `ntn_${'1'.repeat(11)}${letters(35)}`,
  '1password': `ops_${account}`,
  'database-connection-string': `postgres://otter:${letters(16)}@db.films.example.org/films`,
  'hashicorp-vault': `hvs.${letters(95)}`,
  vercel: `vcp_${letters(40)}`,
  databricks: `dapi${hex(32)}`,
  docker: `dckr_pat_${letters(27)}`,
  figma: `figd_${letters(40)}`,
  cloudflare: `cfut_${letters(40)}${hex(8)}`,
  tailscale: `tskey-auth-${letters(16)}-${letters(32)}`,
}

it.each(Object.entries(keys))('finds what the maintained rule of %s is for', (_, key) => {
  const text = `it is ${key} there`
  expect(shapesIn(text).map(({ start, end }) => text.slice(start, end))).not.toEqual([])
})

it('knows of every rule of the preset what begins its keys', () => {
  const ids = rules.map(({ meta }) => meta.id.replace('@secretlint/secretlint-rule-', ''))
  // One reads whole files of a certain name, the other switches rules off.
  expect(ids.filter((id) => !['gcp', 'filter-comments'].includes(id)).toSorted()).toEqual(Object.keys(keys).toSorted())
})

it('takes the name of a model for no token, whatever it begins with', () => {
  expect(shapesIn('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7')).toEqual([])
  expect(shapesIn(`hf_${'aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH'}7`)).toHaveLength(1)
})
