import { closed, text } from './schema-parts.ts'

const PERIOD = '^P(?:1D|T(?=\\d)(?:(?:[1-9]|1\\d|2[0-4])H)?(?:[1-9]\\d{0,3}M)?)$'
const period = { type: 'string', pattern: PERIOD } as const
const attributes = { type: 'array', minItems: 1, uniqueItems: true, items: text } as const

/** What a feed.yaml may say of the quality of its data. */
export const QUALITY_SCHEMA = closed({
  period,
  periods: { type: 'object', additionalProperties: { type: 'string', pattern: `^none$|${PERIOD}` } },
  delay: period,
  varying: closed({ attributes, after: { type: 'integer', minimum: 2, maximum: 1000, default: 6 } }, [
    'attributes',
  ]),
  outliers: closed(
    {
      attributes,
      window: { type: 'integer', minimum: 8, maximum: 100, default: 24 },
      deviations: { type: 'number', minimum: 3, maximum: 100, default: 8 },
    },
    ['attributes'],
  ),
})
