import type { GuideGroup } from './contents.ts'
import type { Guide } from './guide.ts'
import { both, escapeHtml, type Text } from './html.ts'

/** Writes the page that lists the guides by who reads them. */
export function guideIndexPage(groups: readonly GuideGroup[]): string {
  const lists = groups.map(
    ({ reader, guides }) =>
      `<section><h2>${both(reader)}</h2><ul>${guides.map(({ name, title }) => `<li>${guideLink(name, title)}</li>`).join('')}</ul></section>`,
  )
  return `<div class="heading"><h1 tabindex="-1">${both({ vi: 'Hướng dẫn', en: 'Guides' })}</h1>
<p class="lead">${both({ vi: 'Mỗi trang một việc, theo người đọc. Nội dung bằng tiếng Anh.', en: 'One page per job, by who reads it.' })}</p></div>
<div class="groups">${lists.join('\n')}</div>`
}

/** Writes the page of a guide, between all guides and what stands in it. */
export function guidePage(guide: Guide, groups: readonly GuideGroup[]): string {
  const inside = guide.sections.filter(({ depth }) => depth === 2 || depth === 3)
  return `<div class="columns">
<details class="aside"><summary>${both({ vi: 'Mọi hướng dẫn', en: 'All guides' })}</summary>
<nav aria-label="All guides · Mọi hướng dẫn">${groups.map((group) => groupList(group, guide.name)).join('\n')}</nav></details>
<div class="heading" lang="en"><h1 tabindex="-1">${escapeHtml(guide.title)}</h1></div>
<details class="inside"><summary>${both({ vi: 'Trong trang này', en: 'On this page' })}</summary>
<ul lang="en">${inside.map(({ id, title, depth }) => `<li class="depth-${depth}"><a href="#${id}">${escapeHtml(title)}</a></li>`).join('\n')}</ul></details>
<article lang="en">
${guide.html}</article>
</div>`
}

function groupList({ reader, guides }: GuideGroup, current: string): string {
  const links = guides.map(({ name, title }) => `<li>${guideLink(name, title, name === current)}</li>`)
  return `<h2>${both(reader)}</h2><ul>${links.join('')}</ul>`
}

function guideLink(name: string, title: Text, current = false): string {
  return `<a href="/docs/guide/${name}"${current ? ' aria-current="page"' : ''}>${both(title)}</a>`
}
