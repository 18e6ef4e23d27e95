import { type Bits, pack, se, u, ue } from './bits.ts'
import { type ByteSource, concat, fromBytes, repeated } from './byte-source.ts'
import { type Colour, videoRange } from './colour.ts'
import type { FrameRate } from './image-sequence.ts'

/**
 * The least H.264 that is real (ITU-T H.264, section and table numbers below): Constrained Baseline, 4:2:0, one slice a
 * picture, CAVLC, no deblocking, one reference frame. A segment starts with an IDR picture in its colour; every other picture
 * skips all macroblocks.
 */
export interface H264 {
  /** SPS and PPS, without start codes. */
  readonly sps: Uint8Array
  readonly pps: Uint8Array
  /** An IDR picture in one colour as an MP4 sample (4 bytes of length, NAL unit). Neighbouring IDR pictures differ in `id`. */
  idr(colour: Colour, id: 0 | 1): ByteSource
  /** `count` pictures that repeat the one before, right after an IDR picture; `skipSize` bytes each. */
  skips(count: number): ByteSource
  readonly skipSize: number
}

/** frame_num has 4 bits, so skipping pictures repeat after 16. */
const FRAME_NUM_BITS = 4
const CYCLE = 2 ** FRAME_NUM_BITS

/**
 * At QP 28 the luma DC level is the difference in Y: level × 16 (normAdjust of 28 % 6) × 16 (flat scaling) >> 2 = 64 × level,
 * and the transform divides by 64 (8.5.10, 8.5.12). Chroma DC has one step more (8.5.11), so its QP is 6 lower.
 */
const QP = 28
const CHROMA_QP_OFFSET = -6

/**
 * Macroblock that copies its neighbours: mb_type 3 (I_16x16, DC prediction, nothing coded), intra_chroma_pred_mode 0 (DC),
 * mb_qp_delta 0, no luma DC level.
 */
const PREDICTED = `${ue(3)}${ue(0)}${se(0)}1`

/** Width and height even and at least 2; frame rate `numerator / denominator`. */
export function h264(width: number, height: number, fps: FrameRate): H264 {
  const columns = Math.ceil(width / 16)
  const rows = Math.ceil(height / 16)
  const macroblocks = columns * rows
  const cycle = Array.from({ length: CYCLE }, (_, index) => {
    // slice_type 5 (P), PPS 0, frame_num, no override of the reference count, no reordering, sliding window marking,
    // slice_qp_delta, deblocking off, mb_skip_run over the whole picture. No two zero bytes follow each other in it, hence no
    // escapes and one size for all.
    const frameNum = u((index + 1) % CYCLE, FRAME_NUM_BITS)
    const slice = `${ue(0)}${ue(5)}${ue(0)}${frameNum}000${se(0)}${ue(1)}${ue(macroblocks)}`
    return sample(nal(0x41, `${slice}1`))
  })
  return {
    sps: nal(0x67, sps(width, height, columns, rows, fps)),
    // PPS 0, SPS 0, CAVLC, no field order, one slice group, one reference in either list, no weights, QPs, deblocking
    // control present, no constrained intra prediction, no redundant pictures.
    pps: nal(0x68, `${ue(0)}${ue(0)}00${ue(0)}${ue(0)}${ue(0)}000${se(QP - 26)}${se(0)}${se(CHROMA_QP_OFFSET)}1001`),
    idr: (colour, id) => idr(colour, id, macroblocks),
    skips: (count) => repeated(Buffer.concat(cycle), count * cycle[0]!.length),
    skipSize: cycle[0]!.length,
  }
}

function sps(width: number, height: number, columns: number, rows: number, fps: FrameRate): Bits {
  return [
    u(66, 8), // profile_idc: Baseline
    '11000000', // constraint_set0 and 1: Constrained Baseline
    u(level(columns, rows, fps.numerator / fps.denominator), 8),
    ue(0), // seq_parameter_set_id
    ue(FRAME_NUM_BITS - 4),
    ue(2), // pic_order_cnt_type: output order is decoding order
    ue(1), // max_num_ref_frames
    '0', // gaps_in_frame_num_value_allowed_flag
    ue(columns - 1),
    ue(rows - 1),
    '11', // frame_mbs_only_flag, direct_8x8_inference_flag
    `1${ue(0)}${ue((columns * 16 - width) / 2)}${ue(0)}${ue((rows * 16 - height) / 2)}`, // cropping, in units of two
    `1${vui(fps)}`,
    '1', // rbsp_stop_one_bit
  ].join('')
}

/** Annex E: colours and timing, so that every player shows the same colours and guesses nothing. */
function vui(fps: FrameRate): Bits {
  return [
    '00', // no aspect ratio, no overscan
    `1${u(5, 3)}01${u(6, 8).repeat(3)}`, // video range, BT.601 primaries, transfer and matrix
    '0', // no chroma location
    `1${u(fps.denominator, 32)}${u(fps.numerator * 2, 32)}1`, // time_scale counts fields; fixed rate
    '000', // no HRD parameters, no pic_struct
    `11${ue(0)}${ue(0)}${ue(16)}${ue(16)}${ue(0)}${ue(1)}`, // nothing is reordered, one frame is kept
  ].join('')
}

/** The first macroblock carries the colour as its difference to the prediction of 128; the others copy it: eight bits each. */
function idr(colour: Colour, id: 0 | 1, macroblocks: number): ByteSource {
  // slice_type 7 (I), PPS 0, frame_num 0, idr_pic_id, no output of prior pictures withheld, not long term, slice_qp_delta, deblocking off.
  const header = `${ue(0)}${ue(7)}${ue(0)}${u(0, FRAME_NUM_BITS)}${ue(id)}00${se(0)}${ue(1)}`
  const { y, cb, cr } = videoRange(colour)
  // mb_type 7: I_16x16, DC prediction, chroma DC coded.
  const first = ue(7) + ue(0) + se(0) + lumaDc(y - 128) + chromaDc(cb - 128) + chromaDc(cr - 128)
  if (macroblocks === 1) return fromBytes(sample(nal(0x65, `${header}${first}1`)))
  const head = header + first + PREDICTED
  const whole = head.length - (head.length % 8)
  const start = nal(0x65, head.slice(0, whole))
  // The rest of the picture is PREDICTED at one bit offset: one and the same byte, never zero.
  const shift = head.length % 8
  const filler = pack(PREDICTED.slice(8 - shift) + PREDICTED.slice(0, 8 - shift))
  const body = [fromBytes(start), repeated(filler, macroblocks - 2), fromBytes(pack(`${head.slice(whole)}1`))]
  const { size } = concat(body)
  return concat([fromBytes(pack(u(size, 32))), ...body])
}

/** residual_block_cavlc of up to one level, nC 0 (9.2; tables 9-5, 9-7). */
function lumaDc(value: number): Bits {
  if (value === 0) return '1'
  return `${Math.abs(value) === 1 ? '01' : '000101'}${levelBits(value)}1`
}

/** The same with nC -1 (chroma DC, table 9-9 a). */
function chromaDc(value: number): Bits {
  if (value === 0) return '01'
  return `${Math.abs(value) === 1 ? '1' : '000111'}${levelBits(value)}1`
}

/** A one is a sign bit (trailing one); else level_prefix and level_suffix (9.2.2.1) with suffixLength 0. */
function levelBits(value: number): Bits {
  if (Math.abs(value) === 1) return value < 0 ? '1' : '0'
  const code = (value > 0 ? 2 * value - 2 : -2 * value - 1) - 2
  if (code < 14) return `${'0'.repeat(code)}1`
  if (code < 30) return `${'0'.repeat(14)}1${u(code - 14, 4)}`
  return `${'0'.repeat(15)}1${u(code - 30, 12)}`
}

/** A NAL unit with emulation prevention: 00 00 0x becomes 00 00 03 0x (7.4.1). */
function nal(header: number, bits: Bits): Uint8Array {
  const bytes = [header]
  let zeros = 0
  for (const byte of pack(bits)) {
    if (zeros >= 2 && byte <= 3) {
      bytes.push(3)
      zeros = 0
    }
    bytes.push(byte)
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return Uint8Array.from(bytes)
}

function sample(unit: Uint8Array): Uint8Array {
  return Buffer.concat([pack(u(unit.length, 32)), unit])
}

/** level_idc, macroblocks per frame, macroblocks per second (ITU-T H.264, table A-1; levels that add nothing are left out). */
const LEVELS = [
  [10, 99, 1485],
  [11, 396, 3000],
  [12, 396, 6000],
  [13, 396, 11_880],
  [21, 792, 19_800],
  [22, 1620, 20_250],
  [30, 1620, 40_500],
  [31, 3600, 108_000],
  [32, 5120, 216_000],
  [40, 8192, 245_760],
  [42, 8704, 522_240],
  [50, 22_080, 589_824],
  [51, 36_864, 983_040],
  [52, 36_864, 2_073_600],
  [60, 139_264, 4_177_920],
  [62, 139_264, 16_711_680],
] as const

/** The lowest level_idc that allows the size in macroblocks and the rate; the highest when none does. */
function level(columns: number, rows: number, fps: number): number {
  const frame = columns * rows
  const fits = LEVELS.find(
    ([, size, rate]) => frame <= size && frame * fps <= rate && Math.max(columns, rows) <= Math.sqrt(8 * size),
  )
  return (fits ?? LEVELS.at(-1)!)[0]
}
