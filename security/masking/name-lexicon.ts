import { foldedText } from './folded-text.ts'

/** Words by which names of persons are told from other capitalised words: with accents, and without. */
export interface NameLexicon {
  readonly surnames: ReadonlySet<string>
  /** Surnames that are hardly ever the first word of anything but a name: two words are enough. */
  readonly telling: ReadonlySet<string>
  /** A form of address or a label at the end of what comes before: the next words are a name. */
  readonly addressed: RegExp
  /** A label after which a name is expected even in small letters. */
  readonly labelled: RegExp
  /** A kind of place at the end of what comes before: the next words are its name. */
  readonly place: RegExp
  /** A road and a dash at the end of what comes before: the next words are the name of another one. */
  readonly crossing: RegExp
  /** Names that people are called by. */
  readonly given: ReadonlySet<string>
  /** Capitalised words that end a name. */
  readonly stops: ReadonlySet<string>
  /** First words of names that are no person's. */
  readonly notPersons: readonly string[]
  /** A form of address and the next word that are none together. */
  readonly notAddressed: ReadonlySet<string>
}

const SURNAMES =
  'nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý nông ma lường lương triệu hà đinh trịnh ' +
  'đào đoàn mai lâm cao tạ chu hứa la lò quách lưu luu tô thạch vàn kiều tống bạch trương thái phùng đàm điệp hầu ' +
  'lộc sầm sùng vàng giàng giáp khúc thân quan tăng hoa bế mạc nghiêm nhâm phí tiêu từ vi vương tôn ninh mông lục ' +
  'lèng dương hoàng trieu lô hoàn khổng doãn kim tòng quàng cầm cà lù'
const TELLING = 'nguyễn trần phạm huỳnh phan bùi đặng ngô trịnh đinh hoàng vũ đoàn trương'

const ADDRESSED =
  'ông|bà|anh|chị|cô|chú|bác|cụ|em|cháu|đồng chí|đ/c|tổ trưởng|đội trưởng|nhóm trưởng|họ (?:và )?tên|tên tôi là|tôi tên là|tôi tên|tên là|tên' +
  '|người (?:gửi|phản ánh|báo|nộp)|chủ hộ|chủ nhà|mr|mrs|ms'
const LABELLED = 'họ (?:và )?tên|tên tôi là|tôi tên là|tôi tên|chủ hộ|người gửi|người phản ánh'

const PLACES =
  'đường|phố|phường|trường|xã|quận|huyện|tỉnh|thành phố|thị xã|thị trấn|chợ|cầu|hồ|sông|núi|suối|đèo|đền|chùa' +
  '|ngã ba|ngã tư|nút giao|vòng xuyến|quảng trường|công viên|bệnh viện|nhà văn hóa|khu|cụm|làng|bản|thôn|xóm|ngõ' +
  '|công ty|tập đoàn|ngân hàng|thpt|thcs|tiểu học|mầm non|học|đại học|cao đẳng'
const SHORT_PLACES = 'tp|p|q|đ|x'
/** Roads meet: what comes behind a dash after one of these is another one. */
const CROSSINGS = 'đường|phố|ngã ba|ngã tư|nút giao|vòng xuyến'

/** Names that people are called by; without accents, after a form of address, they tell a person from a thing. */
const GIVEN =
  'an anh bích bình cảnh châu chiến chinh chung cường đại đạt diễm điệp đức dũng dung duy giang hải hằng hạnh hào hậu hiền hiếu hoa ' +
  'hoài hoàn hoàng hồng huệ hùng hương huy huyền khải khang khánh khoa khôi kiên kiều kim lâm lan liên linh loan lộc lợi long luân ' +
  'lương luyến mai mạnh minh mỹ nam nga ngân nghĩa ngọc nguyên nguyệt nhân nhi nhung oanh phát phong phú phúc phụng phương quân quang ' +
  'quế quốc quý quyên quyết quỳnh sang sơn tài tâm tân thạch thái thắng thanh thảo thiện thịnh thoa thơm thông thu thuận thủy tiến tình ' +
  'toàn trang trí trinh trọng trúc trung trường tuấn tùng tuyến tuyết uyên việt vinh vũ vương vy xuân yến ' +
  'sương thụy hòa nhã băng lành thắm nhàn sinh dần thìn hợi tuyền tường'

const STOPS =
  'phường xã tổ đường phố số sđt đt cccd cmnd cmt email mail tại tp tỉnh huyện quận khu xóm thôn ngõ ngách ' +
  'stk mst bhxh bhyt gplx hiện đang bị xin địa'
const PLAIN_STOPS = 'sdt cccd cmnd cmt email mail tp stk mst bhxh bhyt gplx'

const NOT_PERSONS = [
  'hồ chí minh',
  'hồ núi cốc',
  'hà nội',
  'thái nguyên',
  'thái bình',
  'hà giang',
  'lâm đồng',
  'cao bằng',
]

/** Forms of address that are part of a name of something else. */
const NOT_ADDRESSED = ['bác hồ', 'bác ái', 'bà rịa', 'bà nà', 'cô tô', 'ông công', 'bà triệu', 'bà trưng']

/** What names look like in texts with accents. */
export const ACCENTED = lexicon((text) => text, STOPS)

/** What they look like in texts without: fewer words can be told apart. */
export const PLAIN = lexicon(foldedText, PLAIN_STOPS)

function lexicon(write: (text: string) => string, stops: string): NameLexicon {
  const ends = (words: string, tail: string) => new RegExp(`(?:^|[^\\p{L}])(?:${write(words)})${tail}$`, 'iu')
  return {
    surnames: new Set(write(SURNAMES).split(' ')),
    telling: new Set(write(TELLING).split(' ')),
    addressed: ends(ADDRESSED, '\\s{0,2}(?:là|la|:|\\.)?\\s{1,3}'),
    labelled: new RegExp(
      `(?<!\\p{L})(?:${write(LABELLED)})\\s{0,2}(?:là|la|:|\\.)?\\s{1,3}((?:${write(SURNAMES).replaceAll(' ', '|')})(?: \\p{Ll}{1,8}){1,3})(?!\\p{L})`,
      'dgiu',
    ),
    place: new RegExp(
      `(?:^|[^\\p{L}])(?:(?:${write(PLACES)})\\s{1,3}|(?:${write(SHORT_PLACES)})(?:\\.\\s{0,3}|\\s{1,3}))$`,
      'iu',
    ),
    crossing: new RegExp(`(?:^|[^\\p{L}])(?:${write(CROSSINGS)}) [^.;:\\n]{2,30} [-–] $`, 'iu'),
    given: new Set(write(GIVEN).split(' ')),
    stops: new Set(stops.split(' ')),
    notPersons: NOT_PERSONS.map(write),
    notAddressed: new Set(NOT_ADDRESSED.map(write)),
  }
}
