import { Problem } from '../../core/model/problem.ts'
import type { Page } from '../page.ts'
import { answerFile, type StaticFile } from './static-files.ts'

/** Serves what of the developers' portal is made when somebody first asks for it, by its path. */
export function portalPages(
  make: () => Promise<ReadonlyMap<string, StaticFile>>,
  headers: Readonly<Record<string, string>>,
): Page {
  let made: Promise<ReadonlyMap<string, StaticFile>> | undefined
  return {
    paths: ['/docs/guide', '/docs/guide/:guide', '/docs/ontology/:term', '/docs/search.json'],
    route: 'page',
    methods: 'read',
    answer: async (context) => {
      made ??= make()
      const file = (await made).get(context.path)
      if (!file) throw new Problem('ResourceNotFound', `Path ${context.path} leads to nothing here`)
      answerFile(context, file, headers)
    },
  }
}
