import { homedir } from 'node:os'
import { createClients, createComfyui } from '../clients/create-clients.ts'
import { runProgram } from '../clients/ffmpeg.ts'
import { type DoctorFinding, doctorExitCode } from '../doctor/doctor-finding.ts'
import { examine } from '../doctor/examine.ts'
import { uuidV5 } from '../domain/ids.ts'
import type { CommandContext } from './command.ts'
import { commandSettings } from './command-settings.ts'
import { unsupportedNode } from './node-version.ts'
import type { Output } from './output.ts'
import { printable } from './printable.ts'

/** Examines machine, server and accounts and says what it found; returns 0, 1 or 4. */
export async function doctor(flags: Readonly<Record<string, unknown>>, context: CommandContext): Promise<number> {
  const { cwd, output, signal } = context
  const { settings } = await commandSettings(flags, context)
  const offline = flags['offline'] === true
  const clientId = uuidV5('doctor', cwd)
  const clients = offline ? null : await createClients(settings, { clientId })
  const others = offline ? [] : settings.servers.slice(1).map((server) => createComfyui(server, { clientId }))
  const comfyuis = await Promise.all(others)
  const { node: version } = process.versions
  try {
    const findings = await examine({
      settings,
      node: { version, problem: unsupportedNode(version) },
      clients,
      others: comfyuis,
      run: runProgram,
      home: homedir(),
      now: Date.now(),
      signal,
    })
    const exitCode = doctorExitCode(findings)
    output.print(doctorText(findings, output))
    output.result({ ok: exitCode === 0, exit_code: exitCode, findings })
    return exitCode
  } finally {
    for (const comfyui of [clients?.comfyui, ...comfyuis]) await comfyui?.close()
  }
}

function doctorText(findings: readonly DoctorFinding[], { colours }: Output): string {
  const paint = { ok: colours.green, warning: colours.yellow, missing: colours.red, stale: colours.red }
  const width = Math.max(...findings.map(({ check }) => check.length))
  const lines = findings.flatMap(({ level, check, message, hint }) => [
    `${paint[level](level.padEnd(7))}  ${check.padEnd(width)}  ${printable(message)}`,
    ...(hint ? [`${' '.repeat(width + 11)}hint: ${printable(hint)}`] : []),
  ])
  const counts = (['ok', 'warning', 'missing', 'stale'] as const).map((level) => {
    const count = findings.filter((finding) => finding.level === level).length
    return count > 0 ? `${count} ${level}` : ''
  })
  return [...lines, counts.filter((text) => text !== '').join(', ')].join('\n')
}
