import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { packageRoot } from '../../../ontology/package-root.ts'
import { readContents } from '../../../openapi/portal/contents.ts'
import { readGuide } from '../../../openapi/portal/guide.ts'
import { makePortal } from '../../../openapi/portal/portal.ts'
import { VIETNAMESE } from '../../../openapi/portal/vietnamese.ts'

const GUIDES = new Set(['other'])
const guide = (markdown: string) => readGuide('this', `# This\n\n${markdown}`, GUIDES)

describe("developers' portal: guides", () => {
  it('shows HTML as text, pictures by their words, and leads nowhere but to guides and the web', () => {
    const { html } = guide(
      'See <script>alert(1)</script> and <b onclick="x">b</b> ![picture](https://a.example/x.png) ' +
        '[one](javascript:alert(1)) [two](other.md#part) [three](../decisions/1.md) [four](https://a.example/?a&b) [five](none.md)',
    )
    expect(html).to.not.match(/<script|<b|<img|javascript:|decisions|none\.md/)
    expect(html)
      .to.include('&#60;script&#62;')
      .and.include('picture')
      .and.include('<a href="/docs/guide/other#part">two</a>')
      .and.include('<a href="https://a.example/?a&#38;b">four</a>')
      .and.include('three')
      .and.include('five')
  })

  it('names sections as GitHub does, those of the same name by number', () => {
    const { sections, title } = guide(
      '## 7. With `access` control\n\n## Hubs that were away (hub chưa trả lời)\n\n### Same\n\nx\n\n### Same\n\n```sh\n# no heading\n```\n',
    )
    expect(title).to.equal('This')
    expect(sections.map(({ id }) => id)).to.deep.equal([
      ...['this', '7-with-access-control', 'hubs-that-were-away-hub-chưa-trả-lời', 'same', 'same-1'],
    ])
    expect(sections.map(({ text }) => text.trim())).to.deep.equal(['', '', '', 'x', 'sh # no heading'])
  })

  it('keeps what code says, in the language that it is marked with', () => {
    const { html } = guide('```sh needs=docker\necho "<b>" && true\n```')
    expect(html).to.include(
      '<pre data-language="sh"><code>echo &#34;&#60;b&#62;&#34; &#38;&#38; true\n</code>',
    )
  })

  it('has a Vietnamese name for each reader and guide', () => {
    const groups = readContents(readFileSync(join(packageRoot, 'docs/guide/README.md'), 'utf8'))
    const named = groups.flatMap(({ reader, guides }) => [reader, ...guides.map(({ title }) => title)])
    expect(named.length).to.be.greaterThan(20)
    expect(named.map(({ en }) => en).filter((en) => !(en in VIETNAMESE))).to.deep.equal([])
  })

  it('lists a guide that nobody put into a group, and refuses a shell without a place for pages', () => {
    const sources = {
      shell: '<title>x</title><main id="page" tabindex="-1" aria-busy="true"></main>',
      guides: new Map([
        ['README', '| you are | page |\n|---|---|\n| operator | [One](one.md) |'],
        ['one', '# One'],
        ['two', '# Two & three'],
      ]),
      document: { paths: {} },
      vietnamese: {},
      vocabulary: { types: [], attributes: [] },
    }
    const pages = makePortal(sources)
    expect(pages.get('/docs/guide')?.text).to.match(/Everybody.*href="\/docs\/guide\/two"/s)
    expect(pages.get('/docs/guide/two')?.text)
      .to.include('<title>Two &#38; three · Urban Data Hub</title>')
      .and.include('<h1 tabindex="-1">Two &#38; three</h1>')
      .and.not.include('aria-busy')
    expect([...pages.keys()]).to.not.include('/docs/guide/README')
    expect(() => makePortal({ ...sources, shell: '<main></main>' })).to.throw('no empty main element')
  })
})
