type Json = unknown

const HUB = /http:\/\/127\.0\.0\.1:\d+/g
const INSTANT = /\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?/g
/** What the hub makes up: UUIDs, digests, tokens, signatures; none of our own words is that long. */
const GENERATED =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[\w-]{22,}(?:\.[\w-]{22,})*|[0-9a-f]{12,}/g

/** What examples call a thing, and what it is called here: where the hub made up the name of it. */
export type Names = Map<string, string>

/**
 * Says how an answer differs from an example: members, items of lists, and values but for times and days, addresses of the hub, what is in
 * members that `ofProcess` names, and what the hub makes up. Of that it learns the names.
 */
export function differences(
  example: Json,
  answer: Json,
  {
    names,
    ofProcess,
    at = '',
  }: { readonly names: Names; readonly ofProcess: ReadonlySet<string>; readonly at?: string },
): readonly string[] {
  const inside = (member: string | number, left: Json, right: Json): readonly string[] =>
    differences(left, right, { names, ofProcess, at: `${at}/${member}` })
  if (typeof example === typeof answer && at.split('/').some((member) => ofProcess.has(member))) return []
  if (Array.isArray(example) && Array.isArray(answer)) {
    if (example.length !== answer.length) return [`${at} has ${answer.length} items, not ${example.length}`]
    return example.flatMap((each, index) => inside(index, each, answer[index]))
  }
  if (isMap(example) && isMap(answer)) {
    const [wanted, there] = [Object.keys(example), Object.keys(answer)]
    return [
      ...there.filter((name) => !wanted.includes(name)).map((name) => `${at}/${name} is not in the example`),
      ...wanted.flatMap((name) =>
        there.includes(name)
          ? inside(name, example[name], answer[name])
          : [`${at}/${name} is in the example only`],
      ),
    ]
  }
  if (typeof example === 'string' && typeof answer === 'string')
    return alike(example, answer, names) ? [] : [said()]
  return example === answer ? [] : [said()]

  function said(): string {
    return `${at} is ${JSON.stringify(answer)}, not ${JSON.stringify(example)}`
  }
}

function alike(example: string, answer: string, names: Names): boolean {
  const [wanted, there] = [example, answer].map((text) => text.match(GENERATED) ?? [])
  if (plain(example) !== plain(answer) || wanted?.length !== there?.length) return false
  for (const [at, name] of (wanted ?? []).entries()) names.set(name, there?.[at] ?? name)
  return true
}

function plain(text: string): string {
  return text.replaceAll(HUB, 'HUB').replaceAll(INSTANT, 'TIME').replaceAll(GENERATED, 'NAME')
}

function isMap(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
