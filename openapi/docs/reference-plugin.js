// What the reference of the portal changes of Swagger UI.

import { plain } from '/docs/search.js'

/** A layout for a page that has its own title and main element; filters by any words; buttons without links in them. */
export function portalReference({ React }) {
  const make = React.createElement
  return {
    components: {
      PortalLayout: ({ getComponent }) =>
        make(
          'div',
          { className: 'swagger-ui' },
          make(getComponent('SvgAssets')),
          make('div', { className: 'scheme-container' }, make(getComponent('AuthorizeBtnContainer', true))),
          make(getComponent('errors', true)),
          make(getComponent('operations', true)),
          make(getComponent('Models', true)),
        ),
    },
    wrapComponents: {
      DeepLink:
        () =>
        ({ text }) =>
          make('span', {}, text),
    },
    fn: { opsFilter: operationsWith },
  }
}

/** The operations of each tag in which every word occurs: in method, path, id, summary or description. */
function operationsWith(tags, phrase) {
  const words = plain(phrase).split(/\s+/)
  const matches = (entry) => {
    const operation = entry.get('operation')
    const texts = [
      ...['method', 'path'].map((member) => entry.get(member)),
      ...['operationId', 'summary', 'description'].map((member) => operation.get(member)),
    ]
    const text = plain(texts.join(' '))
    return words.every((word) => text.includes(word))
  }
  return tags
    .map((tag) => tag.update('operations', (operations) => operations.filter(matches)))
    .filter((tag) => tag.get('operations').size > 0)
}
