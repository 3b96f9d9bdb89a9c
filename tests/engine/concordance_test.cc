// Concordance: what it finds by example, and on generated memories that it finds what a plain look at every unit finds.
// REPRISE_FULL=1 asks ten times as much.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <utility>

#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/testing/concordance_case.h"
#include "tests/testing/generate.h"
#include "tests/testing/units.h"
#include "text/char_fold.h"
#include "text/locale.h"
#include "text/normalize.h"
#include "text/tokenize.h"
#include "text/utf8.h"
#include "text/word_forms.h"

namespace reprise {
namespace {

using testing::MakeUnit;

using testing::Bracketed;
using testing::Generator;

bool Full() {
  const char* full = std::getenv("REPRISE_FULL");
  return full != nullptr && std::string(full) == "1";
}

std::unique_ptr<TranslationMemory> OpenMemory(uint32_t seal_segments) {
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {.seal_segments = seal_segments});
  EXPECT_TRUE(tm.ok()) << tm.status();
  return *std::move(tm);
}

// The slow, obvious search. A text becomes a line of atoms, "<kind>text|" each, with " " before those that stand apart;
// a term becomes a regular expression for such lines.
struct Word {
  std::string text;  // as the query says it
  bool front = false, back = false;
};
struct Words {
  std::vector<Word> words;  // with spaces in between
};
struct Asked {
  std::vector<Words> terms;
  std::string regex;
  bool empty() const { return terms.empty() && regex.empty(); }
  std::string Query() const {
    if (!regex.empty()) return regex;
    std::string out;
    for (const Words& term : terms) {
      if (!out.empty()) out += " ";
      std::string inside;
      for (const Word& word : term.words) {
        if (!inside.empty()) inside += " ";
        inside += (word.front ? "*" : "") + word.text + (word.back ? "*" : "");
      }
      out += term.words.size() > 1 ? "\"" + inside + "\"" : inside;
    }
    return out;
  }
};

struct LineAtom {
  std::string kind, text;
  bool glued = false;
};

std::vector<LineAtom> LineAtoms(const std::string& raw, bool match_case) {
  std::vector<std::string> points;
  for (size_t i = 0; i < raw.size();) {
    const size_t from = i;
    NextCodePoint(raw, &i);
    points.push_back(raw.substr(from, i - from));
  }
  std::vector<LineAtom> out;
  uint32_t end = UINT32_MAX;
  const MappedKeyForm mapped = KeyFormWithMap(raw);
  for (const Token& token : TokenizeKeyForm(std::string_view(mapped.key))) {
    bool spaceless = false;
    std::vector<std::string> chars;
    for (size_t i = 0; i < token.key.size();) {
      const size_t from = i;
      spaceless |= IsSpaceless(NextCodePoint(token.key, &i));
      chars.push_back(token.key.substr(from, i - from));
    }
    auto written = [&](uint32_t first, uint32_t last) {
      std::string text;
      for (uint32_t i = mapped.raw_begin[first]; i < mapped.raw_end[last]; ++i) text += points[i];
      return text;
    };
    const bool glued = token.begin == end;
    end = token.end;
    if (token.cls == TokenClass::kWord && spaceless) {
      for (size_t i = 0; i < chars.size(); ++i) {
        std::string text;
        FoldWord(chars[i], &text);
        const uint32_t at = token.begin + static_cast<uint32_t>(i);
        out.push_back({"c", match_case ? written(at, at) : text, i > 0 || glued});
      }
      continue;
    }
    std::string text;
    FoldWord(token.key, &text);
    const char* kind = token.cls == TokenClass::kWord ? "w" : token.cls == TokenClass::kPunctuation ? "m" : "p";
    out.push_back({kind, match_case ? written(token.begin, token.end - 1) : text, glued});
  }
  return out;
}

std::string Line(const std::string& raw, bool match_case) {
  std::string line;
  for (const LineAtom& atom : LineAtoms(raw, match_case)) {
    line += (atom.glued ? "" : " ") + ("<" + atom.kind + ">") + atom.text + "\x01";
  }
  return line;
}

// The words of the texts, for searches that forgive: a word of the query becomes all of these that are forms of it.
using Forms = std::set<std::string>;

std::string FormsRegex(const std::string& text, const Forms& words) {
  std::string out = RE2::QuoteMeta(text);
  for (const std::string& word : words) {
    if (AreWordForms(text, word)) out += "|" + RE2::QuoteMeta(word);
  }
  return "(?:" + out + ")";
}

// `forms`: null unless the search is fuzzy.
std::string TermRegex(const Words& term, bool match_case, const Forms* forms) {
  std::string out;
  bool marks = false;
  for (const Word& word : term.words) {
    for (const LineAtom& atom : LineAtoms(word.text, match_case)) marks |= atom.kind == "m";
  }
  for (const Word& word : term.words) {
    const std::vector<LineAtom> atoms = LineAtoms(word.text, match_case);
    for (size_t i = 0; i < atoms.size(); ++i) {
      if (!out.empty() && i == 0) out += marks ? " ?" : "(?: ?<m>[^\x01]*\x01)* ?";
      const bool opens = atoms[i].kind == "w" || atoms[i].kind == "p";
      out += "<" + atoms[i].kind + ">";
      if (word.front && i == 0 && opens) out += "[^\x01]*";
      const bool forgives = forms != nullptr && !word.front && !word.back && atoms[i].kind == "w";
      out += forgives ? FormsRegex(atoms[i].text, *forms) : RE2::QuoteMeta(atoms[i].text);
      if (word.back && i + 1 == atoms.size() && opens) out += "[^\x01]*";
      out += "\x01";
    }
  }
  return out;
}

class Condition {
 public:
  Condition(const Asked& asked, bool match_case, const Forms* forms)
      : match_case_(match_case), lines_(asked.regex.empty()) {
    if (!lines_) {
      RE2::Options options;
      options.set_case_sensitive(match_case);
      regexes_.push_back(std::make_unique<RE2>(asked.regex, options));
    }
    for (const Words& term : asked.terms) {
      regexes_.push_back(std::make_unique<RE2>(TermRegex(term, match_case, forms)));
    }
  }
  bool Holds(const std::string& text) const {
    const std::string line = lines_ ? Line(text, match_case_) : text;
    return std::all_of(regexes_.begin(), regexes_.end(),
                       [&](const auto& regex) { return RE2::PartialMatch(line, *regex); });
  }

 private:
  bool match_case_;
  bool lines_;
  std::vector<std::unique_ptr<RE2>> regexes_;
};

struct Search {
  Asked source, target, excluded;
  ConcordanceQuery query;
  UnitFilter filter;
};

// "unit: target texts" of each hit, newest first.
std::vector<std::string> Scan(const std::vector<Unit>& units, const Forms& words, const Search& search) {
  const bool match_case = search.query.match_case;
  const Forms* forms = search.query.fuzzy ? &words : nullptr;
  const Condition source(search.source, match_case, forms), target(search.target, match_case, forms),
      excluded(search.excluded, match_case, forms);
  std::vector<std::string> out;
  for (auto unit = units.rbegin(); unit != units.rend(); ++unit) {
    for (size_t f = 0; f < unit->variants.size(); ++f) {
      const Variant& from = unit->variants[f];
      if (MatchLocale(search.query.source_locale, from.locale) == LocaleMatch::kNone) continue;
      std::string targets;
      for (size_t t = 0; t < unit->variants.size(); ++t) {
        const Variant& to = unit->variants[t];
        const std::string& wanted = search.query.target_locale;
        if (t == f || (!wanted.empty() && MatchLocale(wanted, to.locale) == LocaleMatch::kNone)) continue;
        if (!PassesFilter(search.filter, *unit, to)) continue;
        const bool s = !search.source.empty() && source.Holds(from.content.text);
        const bool g = !search.target.empty() && target.Holds(to.content.text);
        const bool fits =
            search.query.either_side ? s || g : (search.source.empty() || s) && (search.target.empty() || g);
        if (!fits || (!search.excluded.empty() && excluded.Holds(to.content.text))) continue;
        targets += " | " + to.content.text;
      }
      if (targets.empty()) continue;
      out.push_back(std::to_string(unit->id) + ": " + from.content.text + targets);
      break;
    }
  }
  return out;
}

std::string Shown(const ConcordanceHit& hit) {
  std::string out = std::to_string(hit.unit) + ": " + hit.source.text;
  for (const ConcordanceTarget& target : hit.targets) out += " | " + target.variant.content.text;
  return out;
}

void CheckRanges(const std::string& text, const std::vector<TextRange>& ranges, bool expected) {
  uint32_t last = 0;
  for (size_t i = 0; i < ranges.size(); ++i) {
    EXPECT_LT(ranges[i].begin, ranges[i].end);
    if (i > 0) {
      EXPECT_GT(ranges[i].begin, last);
    }
    last = ranges[i].end;
  }
  EXPECT_LE(last, CodePointCount(text));
  if (expected) {
    EXPECT_FALSE(ranges.empty()) << text;
  }
}

// A memory, its units, and searches about them.
class Pair {
 public:
  Pair(uint64_t seed, uint32_t seal_segments) : generate_(seed), tm_(OpenMemory(seal_segments)) {
    EXPECT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
  }

  void Put(size_t count) {
    for (size_t done = 0; done < count; done += 100) {
      std::vector<Unit> units = generate_.Units(std::min<size_t>(100, count - done));
      for (Unit& unit : units) unit.id = 0;
      auto results = tm_->PutUnits("m", units, {.policy = DuplicatePolicy::kKeepAll});
      ASSERT_TRUE(results.ok()) << results.status();
    }
    Reload();
  }

  void DeleteSome(uint32_t one_in) {
    for (const Unit& unit : units_) {
      if (!generate_.OneIn(one_in)) continue;
      ASSERT_TRUE(tm_->DeleteUnit("m", unit.id).ok());
    }
    Reload();
  }

  TranslationMemory& tm() { return *tm_; }

  // Counts the hits, so that a test can see that there were some.
  void Compare(size_t searches, uint64_t seed, size_t* hits) {
    for (size_t i = 0; i < searches; ++i) {
      const Search search = NextSearch();
      const std::vector<std::string> expected = Scan(units_, words_, search);
      ConcordanceOptions options;
      options.filter = search.filter;
      options.page_size = generate_.OneIn(3) ? 1000 : 1 + generate_.Below(7);
      if (expected.size() > 100) options.page_size = 100;
      std::vector<std::string> got;
      do {
        auto page = tm_->Concordance({{.name = "m"}}, search.query, options, {});
        ASSERT_TRUE(page.ok()) << page.status() << " " << search.query.source_text << " / " << search.query.target_text;
        ASSERT_LE(page->hits.size(), options.page_size);
        for (const ConcordanceHit& hit : page->hits) {
          got.push_back(Shown(hit));
          CheckRanges(hit.source.text, hit.source_ranges, !search.source.terms.empty() && !search.query.either_side);
          for (const ConcordanceTarget& t : hit.targets) {
            CheckRanges(t.variant.content.text, t.ranges, !search.target.terms.empty() && !search.query.either_side);
          }
        }
        if (!page->next_page_token.empty()) {
          ASSERT_EQ(page->hits.size(), options.page_size);
        }
        options.page_token = page->next_page_token;
      } while (!options.page_token.empty());
      *hits += got.size();
      ASSERT_EQ(got, expected) << "seed " << seed << " search " << i << " source \"" << search.query.source_text
                               << "\" target \"" << search.query.target_text << "\" excluded \""
                               << search.query.target_excludes << "\" regex " << search.query.regex << " case "
                               << search.query.match_case << " fuzzy " << search.query.fuzzy << " either "
                               << search.query.either_side << " " << search.query.source_locale << " -> "
                               << search.query.target_locale;
    }
  }

 private:
  void Reload() {
    uint64_t next = 0;
    auto units = tm_->ListUnits("m", {}, "", 0, 1000000, &next);
    ASSERT_TRUE(units.ok());
    units_ = *std::move(units);
    words_.clear();
    for (const Unit& unit : units_) {
      for (const Variant& variant : unit.variants) {
        for (const LineAtom& atom : LineAtoms(variant.content.text, false)) {
          if (atom.kind == "w") words_.insert(atom.text);
        }
      }
    }
  }

  // The word with a letter less, a letter twice, or two changed over, if it stays one word.
  Word Mistyped(const Word& word) {
    std::vector<std::string> points;
    for (size_t i = 0; i < word.text.size();) {
      const size_t from = i;
      NextCodePoint(word.text, &i);
      points.push_back(word.text.substr(from, i - from));
    }
    const size_t at = generate_.Below(static_cast<uint32_t>(points.size()));
    switch (generate_.Below(3)) {
      case 0: points[at].clear(); break;
      case 1: points[at] += points[at]; break;
      default: std::swap(points[at], points[at / 2]); break;
    }
    Word typed;
    for (const std::string& point : points) typed.text += point;
    const std::vector<LineAtom> atoms = LineAtoms(typed.text, false);
    return atoms.size() == 1 && atoms[0].kind == "w" ? typed : word;
  }

  Word Cut(Word word) {
    std::vector<size_t> starts;
    for (size_t i = 0; i < word.text.size(); NextCodePoint(word.text, &i)) starts.push_back(i);
    starts.push_back(word.text.size());
    const size_t points = starts.size() - 1;
    if (points < 2) return word;
    const size_t begin = generate_.Below(static_cast<uint32_t>(points));
    const size_t end = begin + 1 + generate_.Below(static_cast<uint32_t>(points - begin));
    Word cut{word.text.substr(starts[begin], starts[end] - starts[begin]), begin > 0 || generate_.OneIn(4),
             end < points || generate_.OneIn(4)};
    // What is left must be one word by itself, as the query's reader will find.
    const std::vector<LineAtom> atoms = LineAtoms(cut.text, false);
    const std::vector<LineAtom> whole = LineAtoms(word.text, false);
    if (atoms.size() != 1 || atoms[0].kind != "w" || whole[0].kind != "w") return word;
    // Nor may it begin or end with what is no part of a word by itself, as a soft hyphen is within one.
    return LineAtoms(cut.text, true)[0].text == cut.text ? cut : word;
  }

  // Words of the text, some open, or a phrase of it, or a regular expression.
  Asked NextAsked(const std::string& raw, bool regex, bool match_case, bool fuzzy) {
    Asked asked;
    const std::vector<Token> tokens = Tokenize({.text = raw, .codes = {}});
    if (tokens.empty()) return asked;
    std::vector<std::string> points;
    for (size_t i = 0; i < raw.size();) {
      const size_t from = i;
      NextCodePoint(raw, &i);
      points.push_back(raw.substr(from, i - from));
    }
    auto slice = [&](uint32_t begin, uint32_t end) {
      std::string text;
      for (uint32_t i = begin; i < end; ++i) text += points[i];
      return text;
    };
    if (regex) {
      const uint32_t begin = generate_.Below(static_cast<uint32_t>(points.size()));
      const uint32_t length = 1 + generate_.Below(std::min<uint32_t>(12, static_cast<uint32_t>(points.size()) - begin));
      asked.regex = RE2::QuoteMeta(slice(begin, begin + length));
      if (generate_.OneIn(3)) asked.regex += "[[:alpha:]]+";
      if (generate_.OneIn(4)) asked.regex = "(" + asked.regex + "|zzz|valve)";
      if (generate_.OneIn(6)) asked.regex += ".*" + RE2::QuoteMeta(slice(begin, begin + 1));
      return asked;
    }
    for (uint32_t count = 1 + generate_.Below(3); count > 0; --count) {
      uint32_t at = generate_.Below(static_cast<uint32_t>(tokens.size()));
      Words term;
      uint32_t end = at + 1 + generate_.Below(std::min<uint32_t>(4, static_cast<uint32_t>(tokens.size()) - at));
      if (generate_.OneIn(2)) end = at + 1;
      for (; at < end; ++at) {
        // What stands without a space in between stays one word.
        uint32_t last = at;
        while (last + 1 < end && tokens[last + 1].begin == tokens[last].end) ++last;
        Word word{slice(tokens[at].begin, tokens[last].end)};
        at = last;
        if (word.text.find_first_of("\"*") != std::string::npos || word.text.find("“") != std::string::npos ||
            word.text.find("”") != std::string::npos || word.text.find("„") != std::string::npos ||
            LineAtoms(word.text, match_case).empty()) {
          continue;
        }
        const std::vector<LineAtom> atoms = LineAtoms(word.text, false);
        if (atoms.size() == 1 && atoms[0].kind == "w" && generate_.OneIn(3)) word = Cut(word);
        if (fuzzy && atoms.size() == 1 && atoms[0].kind == "w" && !word.front && !word.back) word = Mistyped(word);
        if (KeyForm(word.text).find(' ') == std::string::npos) term.words.push_back(word);
      }
      if (!term.words.empty()) asked.terms.push_back(term);
    }
    return asked;
  }

  const Variant& AnyVariant(const Unit& unit) {
    return unit.variants[generate_.Below(static_cast<uint32_t>(unit.variants.size()))];
  }

  Search NextSearch() {
    for (;;) {
      Search search;
      const Unit& unit = units_[generate_.Below(static_cast<uint32_t>(units_.size()))];
      const Variant& from = AnyVariant(unit);
      const Variant& to = AnyVariant(unit);
      search.query.regex = generate_.OneIn(4);
      search.query.match_case = generate_.OneIn(4);
      search.query.fuzzy = !search.query.regex && !search.query.match_case && generate_.OneIn(3);
      search.query.source_locale = from.locale;
      if (!generate_.OneIn(3)) search.query.target_locale = to.locale;
      auto next = [&](const Variant& v) {
        return NextAsked(v.content.text, search.query.regex, search.query.match_case, search.query.fuzzy);
      };
      if (!generate_.OneIn(4)) search.source = next(from);
      if (search.source.empty() || generate_.OneIn(3)) search.target = next(to);
      if (generate_.OneIn(4))
        search.excluded = next(AnyVariant(units_[generate_.Below(static_cast<uint32_t>(units_.size()))]));
      search.query.either_side = !search.source.empty() && !search.target.empty() && generate_.OneIn(2);
      search.query.source_text = search.source.Query();
      search.query.target_text = search.target.Query();
      search.query.target_excludes = search.excluded.Query();
      if (generate_.OneIn(4)) search.filter = generate_.NextOptions().filter;
      if (search.source.empty() && search.target.empty()) continue;
      if (search.query.source_text.size() > 1000 || search.query.target_text.size() > 1000 ||
          search.query.target_excludes.size() > 1000) {
        continue;
      }
      return search;
    }
  }

  Generator generate_;
  std::unique_ptr<TranslationMemory> tm_;
  std::vector<Unit> units_;
  Forms words_;
};

TEST(ConcordanceTest, FindsWhatAScanFinds) {
  size_t hits = 0;
  for (uint64_t seed = 1; seed <= (Full() ? 30 : 3); ++seed) {
    Pair pair(seed, seed % 2 == 0 ? 1 << 20 : 150);
    pair.Put(600);
    pair.Compare(150, seed, &hits);
    pair.DeleteSome(3);
    pair.Put(200);
    pair.Compare(100, seed, &hits);
    ASSERT_TRUE(pair.tm().Seal().ok());
    pair.DeleteSome(5);
    pair.Compare(100, seed, &hits);
    ASSERT_TRUE(pair.tm().Merge({}).ok());
    pair.Compare(100, seed, &hits);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(hits, 1000u);
}

// The index does not hold what stands inside addresses, paths and variables; searches learn it from the units they
// read.
TEST(ConcordanceTest, FindsLettersInsidePlaceablesAgainAndAgain) {
  std::mt19937 random(7);
  auto word = [&random] {
    std::string out;
    for (int i = 0; i < 4; ++i) out += static_cast<char>('a' + random() % 6);
    return out;
  };
  std::unique_ptr<TranslationMemory> tm = OpenMemory(100);
  ASSERT_TRUE(tm->CreateMemory({.name = "m"}).ok());
  std::map<uint64_t, std::string> sources;
  auto put = [&](uint64_t unit) {
    const std::string of[] = {word(),
                              word() + "@" + word() + ".org",
                              "dir/" + word() + "_" + word() + ".txt",
                              "%" + word(),
                              "${" + word() + "}",
                              word() + "7" + word()};
    std::string text;
    for (int i = 0; i < 4; ++i) text += (i == 0 ? "" : " ") + of[random() % 6];
    Unit stored = MakeUnit(text, "Ziel " + std::to_string(random() % 1000));
    stored.id = unit;
    auto results = tm->PutUnits("m", {stored}, {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok() && (*results)[0].status.ok()) << results.status();
    sources[(*results)[0].unit] = text;
  };
  size_t found = 0;
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 150; ++i) put(0);
    for (int i = 0; i < 30 && round > 0; ++i) {
      const uint64_t unit = std::next(sources.begin(), static_cast<ptrdiff_t>(random() % sources.size()))->first;
      if (i % 2 == 0) {
        put(unit);
      } else {
        ASSERT_TRUE(tm->DeleteUnit("m", unit).ok());
        sources.erase(unit);
      }
    }
    if (round == 3) {
      ASSERT_TRUE(tm->Merge({}).ok());
    }
    for (int i = 0; i < 60; ++i) {
      const std::string regex = word().substr(0, 3) + (i % 3 == 0 ? "_[a-f]" : "");
      std::vector<uint64_t> wanted, got;
      for (auto it = sources.rbegin(); it != sources.rend(); ++it) {
        if (re2::RE2::PartialMatch(it->second, regex)) wanted.push_back(it->first);
      }
      auto result = tm->Concordance({{.name = "m"}}, {.source_text = regex, .source_locale = "en", .regex = true},
                                    {.page_size = 1000}, {});
      ASSERT_TRUE(result.ok()) << result.status();
      for (const ConcordanceHit& hit : result->hits) got.push_back(hit.unit);
      ASSERT_EQ(got, wanted) << regex << " in round " << round;
      found += got.size();
    }
  }
  EXPECT_GT(found, 500u);
}

// Of so many segments that several units hold, the newest units are looked at before the links are read.
TEST(ConcordanceTest, ManySegmentsOfSeveralUnits) {
  constexpr int kTexts = 4500;
  std::unique_ptr<TranslationMemory> tm = OpenMemory(1 << 20);
  ASSERT_TRUE(tm->CreateMemory({.name = "m"}).ok());
  std::vector<std::string> wanted;  // rising
  for (int round = 0; round < 2; ++round) {
    std::vector<Unit> units;
    for (int i = 0; i < kTexts; ++i) {
      const std::string number = std::string(1, static_cast<char>('a' + i % 26)) + std::to_string(i);
      units.push_back(MakeUnit("thing " + number + (i % 100 == 0 ? " rare" : ""), "Ding " + std::to_string(round)));
      wanted.push_back(units.back().variants[0].content.text);
      if (units.size() < 500) continue;
      ASSERT_TRUE(tm->PutUnits("m", units, {.policy = DuplicatePolicy::kKeepAll}).ok());
      units.clear();
    }
  }
  for (const bool sealed : {false, true}) {
    if (sealed) {
      ASSERT_TRUE(tm->Seal().ok());
    }
    for (const std::string text : {"thing", "rare", "thing rare", "*in*"}) {
      std::vector<std::string> expected, got;
      for (auto it = wanted.rbegin(); it != wanted.rend(); ++it) {
        if (text.find("rare") == std::string::npos || it->find("rare") != std::string::npos) expected.push_back(*it);
      }
      ConcordanceOptions options{.page_size = 700};
      do {
        auto page = tm->Concordance({{.name = "m"}}, {.source_text = text, .source_locale = "en"}, options, {});
        ASSERT_TRUE(page.ok()) << page.status();
        for (const ConcordanceHit& hit : page->hits) got.push_back(hit.source.text);
        options.page_token = page->next_page_token;
      } while (!options.page_token.empty());
      EXPECT_EQ(got, expected) << text;
    }
  }
}

class ExampleTest : public ::testing::Test {
 protected:
  ExampleTest() : tm_(OpenMemory(1 << 20)) { EXPECT_TRUE(tm_->CreateMemory({.name = "m"}).ok()); }

  void Put(const std::string& en, const std::string& other, const std::string& locale = "de") {
    auto results = tm_->PutUnits("m", {MakeUnit(en, other, locale)}, {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok() && (*results)[0].status.ok());
  }

  // The sources that are found, with what was found in brackets.
  std::vector<std::string> Find(ConcordanceQuery query) {
    if (query.source_locale.empty()) query.source_locale = "en";
    std::vector<std::string> out;
    auto found = tm_->Concordance({{.name = "m"}}, query, {}, {});
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok()) return out;
    for (const ConcordanceHit& hit : found->hits) {
      out.push_back(Bracketed(hit.source.text, hit.source_ranges));
      for (const ConcordanceTarget& target : hit.targets) {
        if (!target.ranges.empty()) out.back() += " = " + Bracketed(target.variant.content.text, target.ranges);
      }
    }
    return out;
  }
  std::vector<std::string> FindIn(const std::string& locale, const std::string& text) {
    return Find({.source_text = text, .source_locale = locale});
  }
  absl::Status Refused(const ConcordanceQuery& query, const ConcordanceOptions& options = {}) {
    return tm_->Concordance({{.name = "m"}}, query, options, {}).status();
  }

  std::unique_ptr<TranslationMemory> tm_;
};

using Found = std::vector<std::string>;

TEST_F(ExampleTest, WordsPhrasesAndWildcards) {
  Put("Press the “Save” buttons.", "Drücken Sie auf „Speichern“.");
  Put("The button saves the press.", "Der Knopf rettet die Presse.");
  EXPECT_EQ(FindIn("en", "press save"), Found{"[Press] the “[Save]” buttons."});
  EXPECT_EQ(FindIn("en", "press the"), (Found{"[The] button saves [the] [press].", "[Press] [the] “Save” buttons."}));
  EXPECT_EQ(FindIn("en", "\"press the save\""), Found{"[Press the “Save]” buttons."});
  EXPECT_EQ(FindIn("en", "\"the press\""), Found{"The button saves [the press]."});
  EXPECT_EQ(FindIn("en", "sav*"), (Found{"The button [saves] the press.", "Press the “[Save]” buttons."}));
  EXPECT_EQ(FindIn("en", "\"the * saves\""), Found{"[The button saves] the press."});
  EXPECT_EQ(FindIn("en", "*utto* press"), (Found{"The [button] saves the [press].", "[Press] the “Save” [buttons]."}));
  EXPECT_EQ(FindIn("en", "butt"), Found{});
}

TEST_F(ExampleTest, CaseAndDiacritics) {
  Put("Le café", "Das Cafe");
  Put("Le CAFE", "Das Café");
  EXPECT_EQ(FindIn("en", "cafe"), (Found{"Le [CAFE]", "Le [café]"}));
  EXPECT_EQ(FindIn("en", "CAFÉ"), (Found{"Le [CAFE]", "Le [café]"}));
  EXPECT_EQ(Find({.source_text = "café", .match_case = true}), Found{"Le [café]"});
  EXPECT_EQ(Find({.source_text = "cafe\u0301", .match_case = true}), Found{"Le [café]"});
  EXPECT_EQ(Find({.source_text = "CA*", .match_case = true}), Found{"Le [CAFE]"});
}

TEST_F(ExampleTest, ScriptsWithoutSpacesAndParts) {
  Put("Safety valve", "Sicherheitsventil prüfen");
  Put("Peking University sports meet", "北京大学生运动会", "zh-CN");
  Put("Thai is easy", "ภาษาไทยง่าย", "th");
  Put("it's the man", "l'homme", "fr");
  EXPECT_EQ(FindIn("de", "*ventil"), Found{"[Sicherheitsventil] prüfen"});
  EXPECT_EQ(FindIn("de", "ventil"), Found{});
  EXPECT_EQ(FindIn("zh", "大学"), Found{"北京[大学]生运动会"});
  EXPECT_EQ(FindIn("zh", "学大"), Found{});
  EXPECT_EQ(FindIn("zh", "\"北京 运动\""), Found{});
  EXPECT_EQ(FindIn("zh", "运动 北京"), Found{"[北京]大学生[运动]会"});
  EXPECT_EQ(FindIn("th", "ไทยง่"), Found{"ภาษา[ไทยง่]าย"});
  EXPECT_EQ(FindIn("th", "าไท"), Found{"ภาษ[าไท]ยง่าย"});
  EXPECT_EQ(FindIn("fr", "l'*"), Found{"[l'homme]"});
}

TEST_F(ExampleTest, FuzzyForgivesInflectionAndTyping) {
  Put("Update the settings", "Die Einstellungen aktualisieren");
  Put("Updating a setting", "Einstellung wird aktualisiert");
  Put("The settlement of claims", "Die Regulierung");
  auto fuzzy = [this](const std::string& text, const std::string& locale = "en") {
    return Find({.source_text = text, .source_locale = locale, .fuzzy = true});
  };
  EXPECT_EQ(fuzzy("updates setting"), (Found{"[Updating] a [setting]", "[Update] the [settings]"}));
  EXPECT_EQ(fuzzy("udpate"), Found{"[Update] the settings"});
  EXPECT_EQ(fuzzy("\"a settings\""), Found{"Updating [a setting]"});
  EXPECT_EQ(fuzzy("Einstelung", "de"), Found{"[Einstellung] wird aktualisiert"});
  EXPECT_EQ(fuzzy("teh"), Found{});  // too short to tell
  EXPECT_EQ(FindIn("en", "udpate"), Found{});
}

TEST_F(ExampleTest, GuessesWhatCorresponds) {
  const char* const others[] = {"Haus", "Baum", "Auto", "Brot", "Licht", "Wasser", "Stadt", "Fluss"};
  for (int i = 0; i < 40; ++i) {
    const std::string word = others[i % 8];
    if (i % 4 == 0) {
      Put("The valve " + std::to_string(i) + " is near", "Das Ventil ist bei " + word);
    } else {
      Put("The thing " + std::to_string(i) + " is far", "Das Ding ist bei " + word);
    }
  }
  Put("One valve", "Ventile");
  const ConcordanceQuery query{.source_text = "valve", .source_locale = "en", .target_locale = "de"};
  for (const bool sealed : {false, true}) {
    if (sealed) {
      ASSERT_TRUE(tm_->Seal().ok());
    }
    auto found = tm_->Concordance({{.name = "m"}}, query, {.page_size = 3, .guess = true}, {});
    ASSERT_TRUE(found.ok()) << found.status();
    ASSERT_EQ(found->hits.size(), 3u);
    ASSERT_FALSE(found->correspondences.empty());
    EXPECT_EQ(found->correspondences[0].text, "Ventil");
    EXPECT_EQ(found->correspondences[0].count, 10u);
    ASSERT_EQ(found->correspondences.size(), 2u);
    EXPECT_EQ(found->correspondences[1].text, "Ventile");
    EXPECT_EQ(found->hits[0].targets[0].guessed, (std::vector<TextRange>{{0, 7}}));
    EXPECT_EQ(found->hits[1].targets[0].guessed, (std::vector<TextRange>{{4, 10}}));
    EXPECT_FALSE(found->next_page_token.empty());
  }
  auto reverse = tm_->Concordance(
      {{.name = "m"}}, {.target_text = "ventil*", .source_locale = "en", .target_locale = "de"}, {.guess = true}, {});
  ASSERT_TRUE(reverse.ok()) << reverse.status();
  ASSERT_FALSE(reverse->correspondences.empty());
  EXPECT_EQ(reverse->correspondences[0].text, "valve");
  EXPECT_EQ(reverse->hits[0].source_guessed, (std::vector<TextRange>{{4, 9}}));
  // Without a guess nothing is marked; with two hits there is none.
  auto plain = tm_->Concordance({{.name = "m"}}, query, {}, {});
  ASSERT_TRUE(plain.ok());
  EXPECT_TRUE(plain->correspondences.empty());
  EXPECT_TRUE(plain->hits[0].targets[0].guessed.empty());
}

TEST_F(ExampleTest, Sides) {
  Put("safety valve", "Sicherheitsventil");
  Put("safety belt", "Sicherheitsgurt");
  Put("the belt", "Sicherheit der Gurte");
  EXPECT_EQ(Find({.source_text = "safety", .target_text = "*gurt"}), Found{"[safety] belt = [Sicherheitsgurt]"});
  EXPECT_EQ(Find({.source_text = "safety", .target_excludes = "*gurt"}), Found{"[safety] valve"});
  EXPECT_EQ(Find({.target_text = "sicher*", .target_excludes = "*ventil"}),
            (Found{"the belt = [Sicherheit] der Gurte", "safety belt = [Sicherheitsgurt]"}));
  EXPECT_EQ(Find({.source_text = "valve", .target_text = "gurte", .either_side = true}),
            (Found{"the belt = Sicherheit der [Gurte]", "safety [valve]"}));
  EXPECT_EQ(Find({.source_text = "valve", .target_locale = "fr"}), Found{});
  ASSERT_TRUE(tm_->DeleteUnit("m", 1).ok());
  EXPECT_EQ(Find({.source_text = "valve"}), Found{});
}

TEST_F(ExampleTest, RegularExpressions) {
  Put("Version v1.20 of foobar", "Version");
  Put("Größe: 12 mm", "size");
  EXPECT_EQ(Find({.source_text = "v[0-9.]+", .regex = true}), Found{"Version [v1.20] of foobar"});
  EXPECT_EQ(Find({.source_text = "OOB", .regex = true}), Found{"Version v1.20 of f[oob]ar"});
  EXPECT_EQ(Find({.source_text = "OOB", .regex = true, .match_case = true}), Found{});
  EXPECT_EQ(Find({.source_text = "größe: [0-9]+", .regex = true}), Found{"[Größe: 12] mm"});
  Put("ไฟล์exampleไทย", "mixed");
  EXPECT_EQ(Find({.source_text = "exampl[a-z]", .source_locale = "en", .regex = true}), Found{"ไฟล์[example]ไทย"});
  ASSERT_TRUE(tm_->DeleteUnit("m", 3).ok());
  EXPECT_EQ(Find({.source_text = "z*", .regex = true}), (Found{"Größe: 12 mm", "Version v1.20 of foobar"}));
}

TEST_F(ExampleTest, RejectedTargetsAreLeftOut) {
  Unit unit = MakeUnit("one thing", "ein Ding");
  unit.variants[1].status = VariantStatus::kRejected;
  ASSERT_TRUE(tm_->PutUnits("m", {unit}, {}).ok());
  EXPECT_EQ(FindIn("en", "thing"), Found{});
}

TEST_F(ExampleTest, SeveralMemoriesAndPages) {
  ASSERT_TRUE(tm_->CreateMemory({.name = "a"}).ok());
  for (int i = 0; i < 5; ++i) {
    Put("thing " + std::to_string(i), "Ding");
    ASSERT_TRUE(tm_->PutUnits("a", {MakeUnit("thing " + std::to_string(i), "Ding")}, {}).ok());
  }
  ConcordanceOptions options;
  options.page_size = 3;
  std::string got;
  do {
    auto page =
        tm_->Concordance({{.name = "m"}, {.name = "a"}}, {.source_text = "thing", .source_locale = "en"}, options, {});
    ASSERT_TRUE(page.ok()) << page.status();
    for (const ConcordanceHit& hit : page->hits) got += hit.memory + hit.source.text.substr(6);
    options.page_token = page->next_page_token;
  } while (!options.page_token.empty());
  EXPECT_EQ(got, "m4m3m2m1m0a4a3a2a1a0");
}

TEST_F(ExampleTest, Errors) {
  auto field = [&](const ConcordanceQuery& query, const ConcordanceOptions& options = {}) {
    const absl::Status status = Refused(query, options);
    EXPECT_FALSE(status.ok());
    return FieldOf(status);
  };
  EXPECT_EQ(field({.source_locale = "en"}), "source_text");
  EXPECT_EQ(field({.source_text = "  ", .source_locale = "en"}), "source_text");
  EXPECT_EQ(field({.source_text = "* \"* *\"", .source_locale = "en"}), "source_text");
  EXPECT_EQ(field({.source_text = "a", .target_text = "\"b", .source_locale = "en"}), "target_text");
  EXPECT_EQ(field({.source_text = "a", .target_excludes = "\xFF", .source_locale = "en"}), "target_excludes");
  EXPECT_EQ(field({.source_text = "a", .source_locale = ""}), "source_locale");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en", .target_locale = "?"}), "target_locale");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en", .either_side = true}), "either_side");
  EXPECT_EQ(field({.source_text = "a*b*c", .source_locale = "en"}), "source_text");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en", .match_case = true, .fuzzy = true}), "fuzzy");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en", .regex = true, .fuzzy = true}), "fuzzy");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en"}, {.guess = true}), "guess");
  EXPECT_EQ(
      field({.source_text = "a", .target_text = "b", .source_locale = "en", .target_locale = "de"}, {.guess = true}),
      "guess");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en"}, {.page_size = 0}), "page_size");
  EXPECT_EQ(field({.source_text = "a", .source_locale = "en"}, {.page_size = 1001}), "page_size");
  for (const char* token : {"x", "m/", "m/0", "m/1x", "other/1"}) {
    EXPECT_EQ(field({.source_text = "a", .source_locale = "en"}, {.page_token = token}), "page_token");
  }
  EXPECT_EQ(field({.source_text = std::string(1025, 'a'), .source_locale = "en"}), "source_text");
  const absl::Status regex = Refused({.source_text = "a(", .source_locale = "en", .regex = true});
  EXPECT_EQ(FieldOf(regex), "source_text");
  EXPECT_NE(MessageOf(regex).find("missing )"), std::string::npos) << regex;
  EXPECT_TRUE(absl::IsNotFound(
      tm_->Concordance({{.name = "no"}}, {.source_text = "a", .source_locale = "en"}, {}, {}).status()));
  for (bool regex_too : {false, true}) {
    Put("aaa", "bbb");
    const ConcordanceQuery query{.source_text = "a", .source_locale = "en", .regex = regex_too};
    EXPECT_TRUE(absl::IsCancelled(tm_->Concordance({{.name = "m"}}, query, {}, [] { return true; }).status()));
  }
}

}  // namespace
}  // namespace reprise
