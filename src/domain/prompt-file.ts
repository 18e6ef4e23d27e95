import type { Problem } from '../errors.ts'
import { keepsTo, limits, ruleOf } from './limits.ts'
import type { Prompt } from './prompt.ts'
import { normalizeVideoName, VIDEO_NAME_RULE, videoNameFault } from './prompt.ts'

export interface ParsedPrompt {
  /** null when there are problems. */
  readonly prompt: Prompt | null
  readonly problems: readonly Problem[]
}

/**
 * Reads a `.txt` prompt file: video name, total frames, positive prompt and negative prompt, separated by blank lines or, when
 * a prompt has blank lines itself, by lines `---`. Never throws: everything wrong is a problem with its line.
 */
export function parsePromptFile(file: string, text: string): ParsedPrompt {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const marked = lines.some(isMark)
  const blocks = marked ? splitAtMarks(lines) : splitAtBlankLines(lines)
  const shape = shapeProblem(file, blocks, marked)
  if (shape) return { prompt: null, problems: [shape] }

  const [name, frames, positive, negative] = blocks as [Block, Block, Block, Block?]
  const videoName = normalizeVideoName(name.text)
  const problems = [
    nameProblem(file, name, videoName),
    framesProblem(file, frames),
    positive.text === '' ? { file, line: positive.line, message: 'The positive prompt is empty.' } : null,
  ].filter((problem) => problem !== null)
  if (problems.length > 0) return { prompt: null, problems }
  const prompt: Prompt = {
    file,
    videoName,
    totalFrames: Number(frames.text),
    positivePrompt: positive.text,
    negativePrompt: negative?.text ?? '',
    overrides: {},
  }
  return { prompt, problems }
}

interface Block {
  /** Line of its first text, counted from 1. */
  readonly line: number
  readonly text: string
}

const ORDER = 'video name, total frames, positive prompt, negative prompt'
const EXAMPLE = ['my_video', '---', '500', '---', 'First paragraph.', '', 'Second paragraph.', '---', 'blurry'].join(
  '\n',
)
const isMark = (line: string) => line.trim() === '---'

function splitAtBlankLines(lines: readonly string[]): Block[] {
  const blocks: Block[] = []
  let start = 0
  for (let index = 0; index <= lines.length; index++) {
    if (lines[index] !== undefined && lines[index]!.trim() !== '') continue
    if (index > start) blocks.push({ line: start + 1, text: lines.slice(start, index).join('\n').trim() })
    start = index + 1
  }
  return blocks
}

function splitAtMarks(lines: readonly string[]): Block[] {
  const ends = [...lines.keys()].filter((index) => isMark(lines[index]!))
  return [...ends, lines.length].map((end, order) => {
    const start = order === 0 ? 0 : ends[order - 1]! + 1
    const body = lines.slice(start, end)
    const firstText = body.findIndex((line) => line.trim() !== '')
    return { line: start + 1 + Math.max(0, firstText), text: body.join('\n').trim() }
  })
}

function shapeProblem(file: string, blocks: readonly Block[], marked: boolean): Problem | null {
  const by = marked ? 'lines "---"' : 'blank lines'
  if (blocks.every((block) => block.text === '')) {
    return {
      file,
      line: 1,
      message: 'The file is empty.',
      hint: `Write four blocks separated by blank lines: ${ORDER}.`,
    }
  }
  if (blocks.length < 3) {
    return {
      file,
      line: blocks.at(-1)!.line,
      message: `Found ${blocks.length} of the four blocks; they are separated by ${by}.`,
      hint: `In this order: ${ORDER} (which may be missing).`,
    }
  }
  if (blocks.length <= 4) return null
  const hint = marked
    ? 'Remove the lines "---" that stand inside a prompt.'
    : `If a prompt has blank lines itself, separate the blocks by lines "---" instead:\n${EXAMPLE}`
  const message = `Found ${blocks.length} blocks separated by ${by}; there are four: ${ORDER}.`
  return { file, line: blocks[4]!.line, message, value: firstWords(blocks[4]!.text), hint }
}

function nameProblem(file: string, block: Block, name: string): Problem | null {
  const fault = block.text.includes('\n') ? 'has more than one line' : videoNameFault(name)
  if (fault === null) return null
  const hint = fault === 'has more than one line' ? 'Put a blank line behind it.' : VIDEO_NAME_RULE
  return { file, line: block.line, message: `The video name ${fault}.`, value: firstWords(block.text), hint }
}

function framesProblem(file: string, block: Block): Problem | null {
  const frames = /^\d+$/.test(block.text) ? Number(block.text) : Number.NaN
  if (keepsTo(limits.totalFrames, frames)) return null
  return {
    file,
    line: block.line,
    message: `The ${limits.totalFrames.name} must be ${ruleOf(limits.totalFrames)}.`,
    value: firstWords(block.text),
    hint: 'The second block is a number alone, for example 500: at 16 fps that is 31 seconds.',
  }
}

function firstWords(text: string): string {
  const line = text.split('\n')[0]!
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`
}
