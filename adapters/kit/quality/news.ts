/** Attributes of which something came for a day since it was told; `all`: it was never told. */
export type News = 'all' | ReadonlySet<string>

/** Nothing is to be told. */
export const TOLD: News = new Set()

/** Tells whether there is anything. */
export function isNews(news: News): boolean {
  return news === 'all' || news.size > 0
}

/** Lists those of subjects that there is something of. */
export function subjectsIn(news: News, subjects: Iterable<string>): readonly string[] {
  return [...subjects].filter((subject) => news === 'all' || news.has(subject))
}

/** Adds a subject. */
export function withNews(news: News, subject: string): News {
  return news === 'all' || news.has(subject) ? news : new Set([...news, subject])
}

/** Writes them as JSON. */
export function newsText(news: News): boolean | readonly string[] {
  return news === 'all' || (news.size > 0 && [...news])
}

/** Reads what `newsText` wrote. */
export function newsOf(text: boolean | readonly string[]): News {
  return text === true ? 'all' : new Set(text || [])
}
