import { expect } from 'chai'

/** Answers what a hub tells of changes behind a place up to the end of its log, and where that is; a slow one tells it by pieces. */
export async function followedChanges(
  hubUrl: string,
  place = '',
): Promise<{ readonly changes: readonly { readonly id: string }[]; readonly after: string }> {
  const changes: { readonly id: string }[] = []
  let after = place
  for (;;) {
    const answer = await fetch(`${hubUrl}/hub/v1/changes${after && `?limit=1000&after=${after}`}`)
    expect(answer.status).to.equal(200)
    const lines = (await answer.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    changes.push(...lines.slice(0, -1).map(({ after: _, ...change }) => change))
    const { after: end, more } = lines.at(-1)
    if (!more) return { changes, after: end }
    after = end
  }
}
