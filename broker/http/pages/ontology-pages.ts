import { Problem } from '../../core/model/problem.ts'
import type { Page } from '../page.ts'
import { answerFile, type StaticFile } from './static-files.ts'

/** Where a term, or a whole vocabulary, is told of in each form. */
export interface Representations {
  readonly html: string
  readonly turtle: string
  readonly linkedData: string
  readonly json: string
}

/** Media types by what they are answered with; the first one is what browsers and those who accept anything get. */
const FORMS: readonly (readonly [type: string, form: keyof Representations])[] = [
  ['text/html', 'html'],
  ['text/turtle', 'turtle'],
  ['application/ld+json', 'linkedData'],
  ['application/schema+json', 'json'],
  ['application/json', 'json'],
]

/**
 * Serves the documents of the ontology by their paths; the path of a term, or of the whole, leads to the document that tells
 * of it in the form that is asked for (303).
 */
export function ontologyPages(
  files: ReadonlyMap<string, StaticFile>,
  termsOf: () => ReadonlyMap<string, Representations>,
): Page {
  let terms: ReadonlyMap<string, Representations> | undefined
  return {
    paths: ['/ontology', '/ontology/', '/ontology/*file'],
    route: 'page',
    methods: 'read',
    answer: (context) => {
      const file = files.get(context.path)
      if (file) return answerFile(context, file)
      terms ??= termsOf()
      const term = terms.get(context.path)
      if (!term) throw new Problem('ResourceNotFound', `Path ${context.path} leads to nothing here`)
      const type = context.accepts(FORMS.map(([name]) => name))
      const form = FORMS.find(([name]) => name === type)?.[1]
      if (!form)
        throw new Problem(
          'NotAcceptable',
          `Path ${context.path} is there as ${FORMS.map(([name]) => name).join(', ')}`,
        )
      context.vary('Accept')
      context.redirect(term[form])
      context.status = 303
    },
  }
}
