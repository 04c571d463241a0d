import { foldedText } from '../../security/masking/folded-text.ts'
import type { Random } from '../trial/random.ts'
import type { Written } from './identifiers.ts'
import { INNOCENT } from './innocent.ts'

/** A text of the corpus, and where the identifier in it is. */
export interface Sample {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Sentences that stand around, of which the kinds hold no words that an identifier would explain. */
const AROUND = INNOCENT.filter(({ kind }) => kind === 'report of every day' || kind === 'administrative name')

/** Writes one identifier into a sentence, with others around it now and then, and a third of the time without accents. */
export function sampleOf({ make, sentences }: Written, random: Random): Sample {
  const identifier = make(random)
  const [before = '', after = ''] = random.one(sentences).split('{}')
  const lead = random.happens(0.3) ? `${random.one(AROUND).make(random)}. ` : ''
  const tail = random.happens(0.3) ? `. ${random.one(AROUND).make(random)}` : ''
  const write = random.happens(1 / 3) ? foldedText : (text: string) => text
  const start = lead.length + before.length
  return { text: write(lead + before + identifier + after + tail), start, end: start + identifier.length }
}
