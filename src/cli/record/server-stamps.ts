import { fingerprintOf, type ServerFacts } from '../../recording/server-facts.ts'

/** What every recording says in `log._pr` about its server, as of today. */
export function serverStamps(facts: ServerFacts, used: Iterable<string>) {
  return {
    recorded: new Date().toISOString().slice(0, 10),
    server: `ComfyUI ${facts.version}`,
    device: facts.device,
    fingerprint: fingerprintOf(facts, used),
  }
}
