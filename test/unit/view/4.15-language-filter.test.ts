import { expect } from 'chai'
import { matchLanguage } from '../../../broker/core/view/match-language.ts'

describe('4.15 Language filter', () => {
  const table: readonly (readonly [string, readonly string[], string])[] = [
    ['en', ['vi', 'en'], 'en'],
    ['EN', ['vi', 'en'], 'en'],
    ['en', ['VI', 'EN'], 'EN'],
    ['fr-CH,fr', ['de', 'fr'], 'fr'],
    ['fr-CH', ['de', 'fr'], 'fr'],
    ['zh-Hant-TW', ['vi', 'zh-Hant'], 'zh-Hant'],
    ['en', ['vi', 'en-GB'], 'en-GB'],
    ['en-US', ['vi', 'en-GB'], 'en-GB'],
    ['e', ['vi', 'en', '@none'], '@none'],
    ['vi;q=0.2,en;q=0.9', ['vi', 'en'], 'en'],
    ['vi;q=0.5, en ; q=0.5', ['en', 'vi'], 'vi'],
    ['fr-CH,fr;q=0.9,en;q=0.8,*;q=0.5', ['vi', 'en'], 'en'],
    ['fr,*;q=0.5', ['vi', '@none'], 'vi'],
    ['*', ['@none', 'vi'], 'vi'],
    ['*', ['@none'], '@none'],
    ['en;q=0,*', ['en', 'vi'], 'vi'],
    ['en;q=0', ['en'], 'en'],
    ['fr', ['vi', '@none'], '@none'],
    ['fr', ['vi', 'en'], 'vi'],
    ['fr;q=nonsense', ['fr', '@none'], '@none'],
    ['', ['vi'], 'vi'],
  ]
  for (const [list, tags, expected] of table) {
    it(`"${list}" of ${tags.join(', ')} is ${expected}`, () => {
      expect(matchLanguage(list, Object.fromEntries(tags.map((tag) => [tag, 'x'])))).to.equal(expected)
    })
  }

  it('finds nothing in an empty map', () => expect(matchLanguage('en', {})).to.equal(undefined))
})
