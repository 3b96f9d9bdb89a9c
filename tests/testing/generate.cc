#include "tests/testing/generate.h"

#include <algorithm>
#include <map>
#include <utility>

#include "text/normalize.h"

namespace reprise::testing {
namespace {

using Words = std::vector<std::string>;

// Few words a language, several of one stem, so that texts collide.
const Words& WordsOf(const std::string& language) {
  static const auto& words = *new std::map<std::string, Words>{
      {"en", {"save",     "saved",      "save",        "the",     "a",        "file",      "files",      "filename",
              "document", "documents",  "documentary", "open",    "opened",   "localize",  "localized",  "localization",
              "don't",    "to",         "trade",       "trading", "café",     "agreement", "agreements", "I",
              "x",        "well-known", "Straße",      "STRASSE", "minister", "ministers"}},
      {"de", {"Datei",     "Dateien", "Dateiname", "speichern", "gespeichert", "das",    "Dokument",
              "Dokumente", "öffnen",  "geöffnet",  "Straße",    "Strasse",     "Handel", "Handelsabkommen",
              "Abkommen",  "und",     "der",       "ein",       "ß",           "für",    "Minister",
              "Ministerin"}},
      {"ja",
       {"保存", "する", "しました", "ファイル", "ドキュメント", "を", "の", "開く", "貿易", "協定", "大臣", "東京",
        "は", "です", "ﾌｧｲﾙ"}},
      {"zh",
       {"保存", "文件", "文档", "打开", "贸易", "协定", "部长", "北京", "的", "了", "在", "已", "和", "一", "个"}},
      {"ar",
       {"حفظ", "الملف", "الملفات", "المستند", "المستندات", "فتح", "مفتوح", "التجارة", "اتفاق", "اتفاقية", "وزير",
        "الوزير", "في", "من", "كِتاب", "كتاب"}},
      {"th", {"บันทึก", "ไฟล์", "เอกสาร", "เปิด", "การค้า", "ข้อตกลง", "รัฐมนตรี", "และ", "ใน", "ของ", "ที่", "กรุงเทพ"}}};
  return words.at(language);
}

const Words& Placeables() {
  static const Words& list = *new Words{"3",          "5",   "10",   "1,000",  "2.5",           "10³",
                                        "%s",         "{0}", "${x}", "v2.1.0", "a@example.org", "https://example.org/a",
                                        "192.168.0.1"};
  return list;
}

const Words& Marks() {
  static const Words& list = *new Words{".", ",",  ":", "!", "?",  "...", "…", "-", "–", "“",
                                        "”", "\"", "(", ")", "。", "、",  "؟", "/", "&", "+"};
  return list;
}

std::string LanguageOf(const std::string& locale) { return locale.substr(0, locale.find('-')); }
bool HasSpaces(const std::string& language) { return language == "en" || language == "de" || language == "ar"; }

const Words& Locales() {
  static const Words& list =
      *new Words{"en", "en", "en-US", "en-GB", "de", "de", "de-AT", "ja", "ar", "th", "zh-CN", "zh-CN"};
  return list;
}

// The places between code points, as byte offsets.
std::vector<size_t> Cuts(const std::string& text) {
  std::vector<size_t> cuts;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) cuts.push_back(i);
  }
  return cuts;
}

}  // namespace

uint64_t Generator::Next() {
  // SplitMix64: a counter through a bijective mix.
  state_ += 0x9E3779B97F4A7C15u;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

uint32_t Generator::Below(uint32_t below) { return static_cast<uint32_t>((Next() >> 32) * below >> 32); }

std::string Generator::Sentence(const std::string& language) {
  const uint32_t shape = Below(20);
  if (shape == 0) return Pick(Marks());
  if (shape == 1) return Pick(Marks()) + Pick(Marks());
  if (shape == 2) return Pick(Placeables());
  const uint32_t words = shape < 6 ? 1 : shape == 6 ? 20 + Below(40) : 2 + Below(9);
  std::string text;
  for (uint32_t i = 0; i < words; ++i) {
    if (i > 0 && HasSpaces(language)) text += ' ';
    const uint32_t kind = Below(12);
    text += kind == 0 ? Pick(Placeables()) : Pick(WordsOf(language));
    if (kind == 1) text += Pick(Marks());
    if (kind == 2 && !HasSpaces(language)) text += ' ';
  }
  if (OneIn(2)) text += Pick(Marks());
  return text;
}

std::string Generator::Text(const std::string& locale) { return Sentence(LanguageOf(locale)); }

std::string Generator::OneEdit(const std::string& text, const std::string& language) {
  const std::vector<size_t> cuts = Cuts(text);
  const size_t at = cuts[Below(static_cast<uint32_t>(cuts.size()))];
  const std::string gap = HasSpaces(language) ? " " : "";
  switch (Below(10)) {
    case 0: return Pick(WordsOf(language)) + gap + text;
    case 1: return text + gap + Pick(WordsOf(language));
    case 2: return text + Pick(Marks());
    case 3: {  // a word or a character less
      const size_t space = text.find(' ', at);
      if (space != std::string::npos) return text.substr(0, at) + text.substr(space);
      return cuts.size() > 2 ? text.substr(0, cuts[cuts.size() - 2]) : text;
    }
    case 4: {  // upper case for ASCII
      std::string upper = text;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
      return upper;
    }
    case 5: {  // other spaces
      const size_t space = text.find(' ');
      if (space == std::string::npos) return " " + text;
      return text.substr(0, space) + "\u00A0 " + text.substr(space + 1);
    }
    case 6: {  // another number
      const size_t digit = text.find_first_of("0123456789");
      if (digit == std::string::npos) return text + gap + "7";
      std::string other = text;
      other[digit] = static_cast<char>('1' + Below(9));
      return other;
    }
    case 7: return text.substr(0, at) + gap + Pick(WordsOf(language)) + gap + text.substr(at);
    case 8: return text.substr(0, at) + "\u00AD" + text.substr(at);  // soft hyphen
    default: {                                                       // two halves swapped
      const size_t space = text.find(' ', at);
      if (space == std::string::npos) return text;
      return text.substr(space + 1) + gap + text.substr(0, space);
    }
  }
}

std::string Generator::Mutated(const std::string& text, const std::string& locale) {
  std::string result = text;
  for (uint32_t edits = 1 + Below(3); edits > 0; --edits) result = OneEdit(result, LanguageOf(locale));
  return KeyForm(result).empty() ? text : result;
}

Content Generator::WithCodes(Content content) {
  static const Words& tags = *new Words{"b", "i", "a href='x'"};
  if (!content.codes.empty() && OneIn(3)) {
    content.codes.clear();
    return content;
  }
  const uint32_t points = static_cast<uint32_t>(CodePointCount(content.text));
  content.codes.clear();
  const uint32_t from = Below(points + 1);
  const uint32_t to = from + Below(points - from + 1);
  const std::string& tag = Pick(tags);
  const uint32_t pair = 1 + Below(3);
  if (OneIn(3)) {
    content.codes.push_back({from, Code::Kind::kStandalone, 0, "<br/>", "\n", "lb"});
  } else {
    content.codes.push_back({from, Code::Kind::kOpen, pair, "<" + tag + ">", "", ""});
    content.codes.push_back({to, Code::Kind::kClose, pair, "</" + tag + ">", "", ""});
  }
  return content;
}

Content Generator::NextContent(const std::string& locale) {
  const std::string language = LanguageOf(locale);
  Content content;
  const uint32_t how = Below(10);
  if (how < 6 && !earlier_.empty()) {
    const auto& [earlier_language, earlier] = earlier_[Below(static_cast<uint32_t>(earlier_.size()))];
    if (earlier_language == language) {
      content = earlier;
      if (how >= 3) {
        content.text = Mutated(content.text, locale);
        content.codes.clear();  // positions may be past the end now
      }
    }
  }
  if (content.text.empty()) content.text = Sentence(language);
  if (OneIn(8)) content = WithCodes(std::move(content));
  earlier_.emplace_back(language, content);
  return content;
}

Variant Generator::NextVariant(const std::string& locale) {
  Variant variant;
  variant.locale = locale;
  variant.content = NextContent(locale);
  variant.origin = static_cast<Origin>(OneIn(2) ? 1 : Below(5));
  variant.status = static_cast<VariantStatus>(OneIn(2) ? 2 : Below(6));
  variant.changed_us = int64_t{1000} * Below(4);
  if (OneIn(2)) variant.changed_by = OneIn(2) ? "ann" : "bob";
  if (OneIn(3)) variant.created_by = "cy";
  if (OneIn(5)) variant.attributes["client"] = {OneIn(2) ? "acme" : "zeta"};
  return variant;
}

Context Generator::NextContext(const std::vector<std::string>& locales) {
  Context context;
  if (!OneIn(3)) context.document = "doc" + std::to_string(Below(3));
  if (!OneIn(3)) context.key = "key" + std::to_string(Below(4));
  for (const std::string& locale : locales) {
    for (std::map<std::string, Neighbour>* side : {&context.previous, &context.next}) {
      Neighbour neighbour;
      neighbour.state = static_cast<Neighbour::State>(Below(3));
      if (neighbour.state == Neighbour::State::kText) neighbour.text = OneIn(2) ? "Chapter one" : "CHAPTER  ONE";
      if (!OneIn(3)) (*side)[locale] = neighbour;
    }
  }
  return context;
}

Unit Generator::NextUnit() {
  Unit unit;
  unit.id = ++last_id_;
  unit.revision = 1 + Below(3);
  std::vector<std::string> locales;
  for (uint32_t i = 2 + Below(3); i > 0; --i) {
    locales.push_back(Pick(Locales()));
    unit.variants.push_back(NextVariant(locales.back()));
  }
  if (OneIn(2)) unit.source_locale = locales[0];
  for (uint32_t contexts = Below(3); contexts > 0; --contexts) unit.contexts.push_back(NextContext(locales));
  if (OneIn(5)) unit.attributes["client"] = {"acme", "delta"};
  return unit;
}

std::vector<Unit> Generator::Units(size_t count) {
  std::vector<Unit> units;
  units.reserve(count);
  while (units.size() < count) units.push_back(NextUnit());
  return units;
}

Query Generator::NextQuery(const std::vector<Unit>& units) {
  const Unit& unit = units[Below(static_cast<uint32_t>(units.size()))];
  const Variant& source = unit.variants[Below(static_cast<uint32_t>(unit.variants.size()))];
  const Variant& target = unit.variants[Below(static_cast<uint32_t>(unit.variants.size()))];
  Query query;
  query.source_locale = OneIn(4) ? LanguageOf(source.locale) : source.locale;
  if (query.source_locale == "zh") query.source_locale = "zh-CN";
  query.target_locale = OneIn(4) ? Pick(Locales()) : target.locale;
  query.content = source.content;
  const uint32_t how = Below(10);
  if (how >= 4) {
    query.content.text = how < 9 ? Mutated(source.content.text, source.locale) : Text(source.locale);
    query.content.codes.clear();
  }
  if (OneIn(6)) query.content = WithCodes(std::move(query.content));
  if (!unit.contexts.empty() && OneIn(2)) {
    query.context = unit.contexts[Below(static_cast<uint32_t>(unit.contexts.size()))];
    if (OneIn(4)) query.context.next.clear();
  } else if (OneIn(2)) {
    query.context = NextContext({query.source_locale});
  }
  return query;
}

LookupOptions Generator::NextOptions() {
  LookupOptions options;
  options.threshold = OneIn(3) ? 70 : 50 + static_cast<int>(Below(51));
  if (OneIn(4)) options.threshold = 1 + static_cast<int>(Below(100));
  if (OneIn(3)) options.floor = 1 + static_cast<int>(Below(static_cast<uint32_t>(options.threshold)));
  options.whole_fill = true;  // what the oracle gives
  options.max_results = OneIn(3) ? 5 : 1 + static_cast<int>(Below(40));
  if (OneIn(6)) options.max_results = 1000;
  options.order = OneIn(3) ? MatchOrder::kRelevance : MatchOrder::kScore;
  options.want_total = OneIn(2);
  if (OneIn(4)) {
    PenaltyTable& table = options.penalties;
    for (PenaltyPoints* points :
         {&table.codes, &table.alignment, &table.machine, &table.draft, &table.fallback, &table.ambiguous}) {
      *points = static_cast<int>(Below(8));
      if (OneIn(4)) *points = PenaltyTable().pivot;  // nobody's but the default's
      if (OneIn(4)) points->source = TermSource::kProfile;
    }
  }
  if (!OneIn(3)) return options;
  UnitFilter& filter = options.filter;
  switch (Below(7)) {
    case 0: filter.origins = {Origin::kHuman, Origin::kImport}; break;
    case 1: filter.min_status = static_cast<VariantStatus>(1 + Below(4)); break;
    case 2: filter.authors = {"ann", "cy"}; break;
    case 3: filter.changed_from_us = 1000, filter.changed_to_us = 3000; break;
    case 4: filter.document = "doc1"; break;
    case 5: filter.exclude_document = "doc1"; break;
    default: filter.attributes["client"] = {"acme"}; break;
  }
  return options;
}

MemoryDefaults Generator::NextDefaults() {
  MemoryDefaults defaults;
  if (OneIn(2)) defaults.priority = static_cast<int>(Below(3)) - 1;
  if (OneIn(2)) defaults.penalty = static_cast<int>(Below(12));
  for (const PenaltyField& field : kPenaltyFields) {
    if (OneIn(3)) defaults.penalties[field.name] = static_cast<int>(Below(12));
  }
  return defaults;
}

}  // namespace reprise::testing
