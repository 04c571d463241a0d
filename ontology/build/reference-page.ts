import type { Text } from '../vocabulary.ts'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: light-dark(#0b5c8a, #7cc4ee); }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: 1rem 1.5rem 4rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 3rem; border-bottom: 2px solid var(--accent); } a { color: var(--accent); }
.vi { display: block; } .en { display: block; opacity: .75; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); } code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--soft); overflow-x: auto; padding: 1rem; }
.basic, .sensitive { border-radius: .3rem; padding: 0 .4rem; color: #fff; background: #8a5a00; } .sensitive { background: #a01818; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dd { margin: 0; }
.documents .vi, .documents .en { display: inline; } .documents .vi::before { content: '– '; } .documents .en::before { content: ' / '; }
`

/** Wraps what stands in a page of the reference: no script, nothing loaded from elsewhere. */
export function page(title: Text, body: string): string {
  return `<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title.vi)} – ${escapeHtml(title.en)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`
}

/** A text in both languages. */
export function both({ vi, en }: Text): string {
  return `<span class="vi">${escapeHtml(vi)}</span><span class="en" lang="en">${escapeHtml(en)}</span>`
}

/** Makes a text one of HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
