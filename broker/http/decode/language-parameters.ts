import { Problem } from '../../core/model/problem.ts'

/** Languages that one list may name: each is looked for in every languageMap of the answer. */
const MOST_LANGUAGES = 32

/** Reads the list of languages to choose from (CIM 009 v1.9.1, 4.15). @throws Problem TooComplexQuery */
export function languages(query: URLSearchParams): { readonly lang?: string } {
  const lang = query.get('lang')
  if (lang === null) return {}
  if (lang.split(',', MOST_LANGUAGES + 1).length <= MOST_LANGUAGES && lang.length <= 16 * MOST_LANGUAGES)
    return { lang }
  throw new Problem(
    'TooComplexQuery',
    `Parameter lang names more than ${MOST_LANGUAGES} languages, or long ones`,
    {
      members: { limit: 'languages', maximum: MOST_LANGUAGES },
    },
  )
}
