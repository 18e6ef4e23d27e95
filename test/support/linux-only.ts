/**
 * The test files that need Linux, and what for. They have `.linux` in their names and run nowhere else; every other test file
 * runs on every system that the program runs on.
 */
export const linuxOnly: Readonly<Record<string, string>> = {
  'test/cli/live-display.linux.test.ts': 'python3 opens terminals there',
  'test/cli/log-file.linux.test.ts': '/dev/full is the only disk that is always full',
  'test/cli/odd-files.linux.test.ts': '/proc has files that cannot be read and folders that cannot be made',
  'test/cli/output.linux.test.ts': '/dev/full is the only disk that is always full',
  'test/dry-run/no-socket.linux.test.ts': 'strace sees what a process asks of the system, by the calls of Linux',
  'test/dry-run/options.linux.test.ts': '/proc looks as if it could be written to',
  'test/files/folders.linux.test.ts': '/proc denies a folder as if the one above were missing',
  'test/state/journal-files.linux.test.ts': '/proc tells which file a descriptor is of',
  'test/state/run-lock.linux.test.ts': '/proc tells when a process started; elsewhere a lock is as good as its number',
}
