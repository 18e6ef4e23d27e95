/** Folders beside those of input, output and temp that every ComfyUI has, below its own. */
export const OWN_FOLDERS = ['models', 'custom_nodes', 'user', 'user/default'] as const

/** Folders that are there on any Linux, where `../` may lead. */
export const SYSTEM_FOLDERS = [
  ...['/bin', '/boot', '/dev', '/etc', '/home', '/lib', '/media', '/mnt', '/opt', '/proc', '/root', '/run', '/sbin'],
  ...['/srv', '/sys', '/tmp', '/usr', '/usr/bin', '/usr/lib', '/usr/share', '/var', '/var/log', '/var/tmp'],
] as const

/** Files that are there, of which nobody here knows what is in them. */
export const SYSTEM_FILES = [
  ...['/etc/passwd', '/etc/group', '/etc/hosts', '/etc/hostname', '/etc/resolv.conf', '/etc/os-release', '/etc/shadow'],
  ...['/dev/null', '/dev/zero', '/proc/cpuinfo', '/proc/meminfo', '/proc/version', '/bin/sh'],
] as const
