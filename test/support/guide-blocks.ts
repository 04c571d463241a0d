/** A fenced block of a page, and what its info string says of it. */
export interface GuideBlock {
  /** Line of the page on which its text begins. */
  readonly line: number
  /** First word of the info string; empty for what a command prints. */
  readonly language: string
  readonly text: string
  /** `needs …`: what it needs besides Node; a program where it is one word. */
  readonly needs?: string
  /** `file …`: where the page keeps it, from the folder of the page. */
  readonly file?: string
  /** What the block prints, by the page. */
  readonly prints?: Printed
}

/** What a page says that a block prints; `…` stands for anything. */
export interface Printed {
  readonly language: string
  readonly text: string
}

const FENCE = /^```(\S*)(?: (needs|file) (.+))?$/
const OUTPUT = new Set(['', 'json', 'http'])

/** Reads the fenced blocks of a page; one right behind a block of commands is what that prints. @throws Error for an info string that is none */
export function guideBlocks(page: string): readonly GuideBlock[] {
  const blocks: GuideBlock[] = []
  const lines = page.split('\n')
  let printer: number | undefined
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (!line.startsWith('```')) {
      if (line !== '') printer = undefined
      continue
    }
    const [, language = '', word, rest] = FENCE.exec(line) ?? fail(`Line ${at + 1} begins no block: ${line}`)
    const end = lines.indexOf('```', at + 1)
    if (end < 0) fail(`Block of line ${at + 1} does not end`)
    const text = lines
      .slice(at + 1, end)
      .map((each) => `${each}\n`)
      .join('')
    const before = printer === undefined ? undefined : blocks[printer]
    if (before && printer !== undefined && word === undefined && OUTPUT.has(language)) {
      blocks[printer] = { ...before, prints: { language, text } }
      printer = undefined
    } else {
      blocks.push({ line: at + 2, language, text, ...(word && rest && { [word]: rest }) })
      printer = language === 'sh' ? blocks.length - 1 : undefined
    }
    at = end
  }
  return blocks
}

/** Tells whether a text is what a page says: literally but for `…`, JSON in whatever layout. */
export function isPrinted(text: string, { language, text: wanted }: Printed): boolean {
  const plain = language === 'json' ? closeUp : (each: string): string => each
  const pattern = plain(wanted)
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*?')
  return new RegExp(`^${pattern}$`).test(plain(text))
}

/** JSON without the blanks of its layout. */
function closeUp(json: string): string {
  return json.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, (_, text: string | undefined) => text ?? '')
}

function fail(text: string): never {
  throw new Error(text)
}
