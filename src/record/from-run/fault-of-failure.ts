import type { Problem } from '../../errors.ts'
import { comfyuiHttpFault, refusedWorkflow, storageFault } from './http-faults.ts'
import type { RunFailureSeen } from './run-failures.ts'

/** What makes a failure happen in a dry run, as `--fault` takes it; null: nothing does. `problems` are what the run told of it. */
export function faultOfFailure(failure: RunFailureSeen, problems: readonly Problem[]): string | null {
  const { code, reason, job, chunk, isLast, times } = failure
  const often = isLast ? ', always' : times > 1 ? `, times ${times}` : ''
  const ofJob = job === null ? '' : ` of job ${job}`
  const place = /\bat node (\S+)/.exec(reason)?.[1]
  const node = place === undefined ? null : `node ${word(place)}${ofJob}`
  switch (code) {
    case 'PR_COMFY_FAILED': {
      const [, type, said = ''] =
        /^prompt \S+ failed at node [^:]*(?:\([^)]*\))?: ([\w.]+): ([\s\S]*)$/.exec(reason) ?? []
      return node && type ? `${node}: raise ${type} ${JSON.stringify(withoutAdvice(type, said))}${often}` : null
    }
    case 'PR_COMFY_INTERRUPTED':
      return `${node ?? `step 1${ofJob}`}: interrupt${often}`
    case 'PR_COMFY_LOST':
      return `step 1${ofJob}: restart${often}`
    case 'PR_COMFY_REJECTED':
      return `POST /prompt${ofJob}: ${refusedWorkflow(reason, problems)}${often}`
    case 'PR_COMFY_UNREACHABLE':
    case 'PR_COMFY_HTTP':
      return comfyuiHttpFault(reason, { ofJob, often })
    case 'PR_NO_OUTPUT':
      return `POST /prompt${ofJob}: no outputs${often}`
    case 'PR_OUTPUT_MISMATCH':
      return `end${ofJob}: ${/ it has \d+x\d+ /.test(reason) ? 'foreign' : 'damaged'} file${often}`
    case 'PR_JOB_TIMEOUT':
      return `step 1${ofJob}: hang${often}`
    case 'PR_UPLOAD':
    case 'PR_STORAGE':
      return storageFault(reason, often)
    case 'PR_FFMPEG': {
      const [, program = '', exit, said] =
        / (?:cannot be read|failed): (?:\S*\/)?(ffmpeg|ffprobe)\S* ended with (\d+)(?:: (.*))?$/s.exec(reason) ?? []
      const of = /^joining /.test(reason)
        ? ' of film'
        : chunk === null
          ? ''
          : ` of chunk ${program === 'ffmpeg' ? chunk + 1 : chunk}`
      return exit ? `${program}${of}: fail with ${exit}${said ? ` saying ${JSON.stringify(said)}` : ''}${often}` : null
    }
    case 'PR_FILE': {
      const kind = files.find(([folder]) => reason.includes(folder))?.[1]
      const of = chunk === null || kind === 'manifest' ? '' : ` of chunk ${chunk}`
      return kind && /ENOSPC/.test(reason) ? `write of ${kind}${of}: disk full${often}` : null
    }
    default:
      return null
  }
}

/** Where a run's files lie, and what faults call them. */
const files = [
  ['/videos/', 'video'],
  ['/latents/', 'latent'],
  ['/references/', 'reference'],
  ['/combined/', 'combined'],
  ['/final/', 'film'],
  ['/manifest_', 'manifest'],
] as const

const word = (text: string) => (/^[\w./-]+$/.test(text) ? text : JSON.stringify(text))

/** ComfyUI adds it to what the exception says, and would do so again. */
function withoutAdvice(type: string, said: string): string {
  return /OutOfMemory/.test(type)
    ? said.replace(/\n?This error means you ran out of memory on your GPU\.[\s\S]*$/, '')
    : said
}
