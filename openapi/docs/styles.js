import { element } from '/elements.js'

/** Loads the style sheets that one page needs alone; resolves when they hold. */
export function loadStyles(...addresses) {
  return Promise.all(
    addresses.map(
      (href) =>
        new Promise((resolve) => {
          document.head.append(element('link', { rel: 'stylesheet', href, load: resolve, error: resolve }))
        }),
    ),
  )
}
