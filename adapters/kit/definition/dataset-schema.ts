import { closed } from './schema-parts.ts'

const text = { type: 'string', minLength: 1, maxLength: 2000 } as const
const iri = { type: 'string', format: 'uri' } as const
const texts = { type: 'array', minItems: 1, maxItems: 50, uniqueItems: true, items: text } as const

/** Codes of the frequencies of the EU authority table that agencies here use. */
const FREQUENCIES = [
  'CONT',
  'HOURLY',
  'DAILY',
  'WEEKLY',
  'MONTHLY',
  'QUARTERLY',
  'ANNUAL',
  'IRREG',
  'NEVER',
] as const

/** What a feed.yaml may say for the catalogue. */
export const DATASET_SCHEMA = closed({
  description: { anyOf: [text, closed({ vi: text, en: text }, ['vi', 'en'])] },
  contact: closed({ name: text, email: { type: 'string', format: 'email' }, url: iri }),
  legalBasis: texts,
  access: { enum: ['open', 'shared', 'private'] },
  class: { enum: ['normal', 'important', 'core'] },
  license: iri,
  keywords: texts,
  frequency: { enum: FREQUENCIES },
  spatial: iri,
})
