import type { Page } from '../page.ts'

/** Leads from paths to others, where the pages' relative links hold. */
export function redirects(targets: ReadonlyMap<string, string>): Page {
  return {
    paths: [...targets.keys()],
    route: 'page',
    methods: 'read',
    answer: (context) => context.redirect(targets.get(context.path) ?? '/'),
  }
}
