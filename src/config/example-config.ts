import { settingGroups } from './setting.ts'
import { settingRows } from './setting-table.ts'

/** A `pr.config.yaml` that changes nothing: every setting with its default, commented out. */
export function exampleConfig(): string {
  const blocks = settingGroups.map((group) => {
    const rows = settingRows.filter(([, row]) => row.group === group && !row.environmentOnly && !row.secret)
    return rows.length > 0 ? [`# ${group}`, ...rows.map(([name, row]) => line(name, row))] : []
  })
  const intro = [
    '# Settings of prompt-runner. Flags and environment variables win over this file; `pr --show-settings` tells',
    '# what is in force and where it comes from. Take the leading # away to set something.',
  ]
  return [intro, ...blocks.filter((block) => block.length > 0)].map((block) => `${block.join('\n')}\n`).join('\n')
}

function line(name: string, { fallback, describe, shows }: (typeof settingRows)[number][1]): string {
  const value = fallback instanceof URL || typeof fallback !== 'object' ? String(fallback) : (shows ?? '')
  return `${`#${name}: ${value}`.padEnd(32)} # ${describe}`
}
