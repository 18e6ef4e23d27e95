import * as z from 'zod'
import { Form, type Said } from './form.ts'

/** Where a fault happens, in the words that name it. */
export const anchorTexts = {
  request: '<method> <path> [of job <job>]',
  reference: 'upload of reference of chunk <chunk>',
  socket: 'socket open',
  message: '<message> [of job <job>]',
  step: 'step <step> [of <of>] [of job <job>]',
  node: 'node <node> [of job <job>]',
  end: 'end [of job <job>]',
  session: 'start of upload <upload>',
  part: 'chunk <chunk> of upload <upload>',
  lastPart: 'last chunk of upload <upload>',
  check: 'status check of upload <upload>',
  storage: '<call>',
  pod: 'pod <podCall>',
  program: '<program> [of chunk <chunk>]',
  filmProgram: '<program> of film',
  event: 'event <event> [of job <job>] [of chunk <chunk>]',
  write: 'write of <file> [of chunk <chunk>]',
} as const

export type AnchorKind = keyof typeof anchorTexts

/** Where a fault happens. What is null is left open. */
export type Anchor = { [Kind in AnchorKind]: { readonly kind: Kind } & Said<(typeof anchorTexts)[Kind]> }[AnchorKind]

export const anchorForms = Object.entries(anchorTexts).map(([kind, text]) => ({
  kind: kind as AnchorKind,
  form: new Form(text),
}))

/** What each is for, for the help. */
export const anchorMeanings: Readonly<Record<AnchorKind, string>> = {
  request: 'a request to any service; jobs are numbered as in the plan, and everything below the path counts',
  reference: 'the upload of the reference frame that a chunk starts from',
  socket: "the opening of ComfyUI's socket",
  message: 'a message of ComfyUI about a prompt, as it happens in the server, whoever listens',
  step: 'a step of a sampler',
  node: 'the start of a node, named by class, title or id',
  end: 'a prompt has its history entry',
  session: 'the request that begins a resumable upload to the bucket; the film is upload 1, its manifest upload 2',
  part: 'one part of an upload as it is sent (parts that are sent again count on)',
  lastPart: 'the part that ends an upload',
  check: 'the question how much of an upload has arrived',
  storage: 'a call of the storage API, by the name that Google gives it',
  pod: 'a call to RunPod about the pod',
  program: 'a run of ffmpeg (which cuts the reference frame of a chunk) or ffprobe (which checks its video)',
  filmProgram: 'the same for the film',
  event: 'an event of the run itself, as its journal calls it',
  write: 'a file that the run writes here',
}

/** Checks data that did not come from `parseFault`. */
export const anchorSchema = z.discriminatedUnion(
  'kind',
  anchorForms.map(({ kind, form }) => form.schema.extend({ kind: z.literal(kind) })) as never,
) as unknown as z.ZodType<Anchor>
