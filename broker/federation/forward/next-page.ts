import Link from 'http-link-header'

/**
 * Reads the parameters of the `next` link of an answer (CIM 009 v1.9.1, 6.3.10). Only parameters: wherever the link
 * points, the next page is asked for at the endpoint that was registered.
 */
export function nextPage(header: string | undefined): URLSearchParams | undefined {
  if (header === undefined || !header.includes('next')) return undefined
  try {
    const [next] = Link.parse(header).rel('next')
    const [, search] = next?.uri.split('?') ?? []
    return search ? new URLSearchParams(search) : undefined
  } catch {
    return undefined // a link that cannot be read leads nowhere
  }
}
