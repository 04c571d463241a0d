import { type Input, type Inputs, WHOLE_BYTES } from './input.ts'
import { type RunDeps, runInputs } from './run-inputs.ts'
import { addSummaries, NOTHING, type Summary } from './summary.ts'

/** Larger inputs are taken piece by piece, where their format can be read so. */
const PIECED_BYTES = 2_097_152

/**
 * Takes inputs, a large one piece by piece: each piece stands for itself, is kept as taken, and gives its memory back. Observations are in
 * order within a piece; what comes late in another goes into the history. A piece that cannot be read at all, such as one without a
 * column that has to be there, stands for those after it. @throws HubAway, HubRefusal
 */
export async function takeInputs(deps: RunDeps, inputs: Inputs): Promise<Summary> {
  const [input] = inputs
  if (inputs.length > 1) return (await runInputs(deps, inputs)).summary
  const told = new Set<string>()
  let summary = NOTHING
  for await (const piece of piecesOf(deps.feed, input)) {
    const taken = await runInputs(deps, [piece], told)
    summary = addSummaries(summary, taken.summary)
    if (taken.isUnreadable) break
  }
  return summary
}

/** Answers an input as it is read: as a whole, or in pieces; of one that is too large only its beginning. */
export async function* piecesOf(
  { format, definition }: Pick<RunDeps['feed'], 'format' | 'definition'>,
  { stream, size, ...input }: Input,
): AsyncIterable<Input> {
  const pieceOf = size ?? input.bytes.length
  const isHere = size === undefined || stream !== undefined
  if (format.pieces && isHere && pieceOf > PIECED_BYTES && pieceOf <= definition.maxBytes) {
    for await (const piece of format.pieces(stream?.() ?? once(input.bytes)))
      yield { ...input, ...piece, pieceOf }
  } else if (stream && pieceOf <= Math.min(definition.maxBytes, WHOLE_BYTES)) {
    yield { ...input, bytes: await collected(stream()) }
  } else yield { ...input, ...(size !== undefined && { size }) }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

async function collected(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
