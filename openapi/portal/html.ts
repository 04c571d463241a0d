/** A text in both languages. */
export interface Text {
  readonly vi: string
  readonly en: string
}

/** Says something in both languages, of which the style of the portal shows one. */
export function both({ vi, en }: Text): string {
  return `<span class="vi" lang="vi">${escapeHtml(vi)}</span><span class="en" lang="en">${escapeHtml(en)}</span>`
}

/** Makes a text one of HTML, in elements and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
