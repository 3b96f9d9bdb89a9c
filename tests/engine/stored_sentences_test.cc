// Sentences of longer stored segments: what a lookup finds is what a plain look at every sentence of every unit finds.
// Examples are cases: tests/cases/sentences.txt. REPRISE_FULL=1 asks ten times as much.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/stored_sentences.h"
#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "text/segmentation.h"
#include "text/tokenize.h"

namespace reprise {
namespace {

using SplitSentence = Sentence;
using Pair = std::pair<std::string, std::string>;                             // sentence and its translation
using Places = std::set<std::pair<uint64_t, std::pair<uint32_t, uint32_t>>>;  // units, number and count

// Words in order, placeables by class; marks do not count.
std::vector<std::string> Shape(const std::string& text) {
  std::vector<std::string> shape;
  for (const Token& token : Tokenize({.text = text, .codes = {}})) {
    if (token.cls == TokenClass::kPunctuation) continue;
    shape.push_back(IsPlaceable(token.cls) ? "#" + std::to_string(static_cast<int>(token.cls)) : token.key);
  }
  return shape;
}

class SentencesTest : public ::testing::Test {
 protected:
  explicit SentencesTest() {
    auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {.seal_segments = 200});
    EXPECT_TRUE(tm.ok()) << tm.status();
    tm_ = *std::move(tm);
    EXPECT_TRUE(tm_->CreateMemory({.name = "m"}).ok());
  }

  std::string Sentence(const std::string& locale) {
    static const std::map<std::string, std::vector<std::string>> words = {
        {"en", {"open", "the", "cover", "press", "valve", "3 times", "now", "%s"}},
        {"de", {"Ventil", "das", "Deckel", "Öffnen", "jetzt", "3-mal"}},
        {"zh", {"打开", "盖子", "阀门", "检查", "三次"}}};
    const std::vector<std::string>& of = words.at(locale);
    std::string out = locale == "en" ? "Check" : locale == "de" ? "Prüfen" : "请";
    for (size_t n = 1 + random_() % 3; n > 0; --n) out += (locale == "zh" ? "" : " ") + of[random_() % of.size()];
    return out + (locale == "zh" ? "。" : random_() % 4 == 0 ? "!" : ".");
  }

  std::string Text(const std::string& locale, size_t sentences) {
    std::string out;
    for (; sentences > 0; --sentences) {
      if (!out.empty() && locale != "zh") out += " ";
      out += Sentence(locale);
    }
    return out;
  }

  void Put(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const size_t sentences = 1 + random_() % 4;
      Unit unit;
      unit.source_locale = "en";
      for (const char* locale : {"en", "de", "zh"}) {
        const size_t mine = random_() % 5 == 0 ? 1 + random_() % 4 : sentences;
        unit.variants.push_back({.locale = locale, .content = {.text = Text(locale, mine), .codes = {}}});
      }
      auto results = tm_->PutUnits("m", {unit}, {.policy = DuplicatePolicy::kKeepAll});
      ASSERT_TRUE(results.ok() && (*results)[0].status.ok()) << results.status();
      unit.id = (*results)[0].unit;
      units_[unit.id] = unit;
    }
  }

  // By the pairs of sentences that answer `text`: where they are.
  std::map<Pair, Places> Scan(const std::string& text, const std::string& from, const std::string& to) const {
    std::map<Pair, Places> found;
    for (const auto& [id, unit] : units_) {
      std::vector<SplitSentence> sides[2];
      for (const Variant& v : unit.variants) {
        if (v.locale == from) sides[0] = SplitSentences(v.content.text, from);
        if (v.locale == to) sides[1] = SplitSentences(v.content.text, to);
      }
      if (sides[0].size() < 2 || sides[0].size() != sides[1].size()) continue;
      for (size_t i = 0; i < sides[0].size(); ++i) {
        if (Shape(sides[0][i].text) != Shape(text)) continue;
        found[{sides[0][i].text, sides[1][i].text}].insert(
            {id, {static_cast<uint32_t>(i) + 1, static_cast<uint32_t>(sides[0].size())}});
      }
    }
    return found;
  }

  void Compare(int count) {
    const std::string locales[] = {"en", "de", "zh"};
    for (int i = 0; i < count; ++i) {
      const std::string& from = locales[random_() % 3];
      const std::string& to = locales[random_() % 3];
      if (from == to) continue;
      Query query{.content = {.text = Sentence(from), .codes = {}}, .source_locale = from, .target_locale = to};
      LookupOptions options{.threshold = 60, .max_results = 1000};
      auto plain = tm_->Lookup({{.name = "m"}}, query, options, {});
      options.sentences = true;
      auto got = tm_->Lookup({{.name = "m"}}, query, options, {});
      ASSERT_TRUE(plain.ok() && got.ok()) << got.status();
      SCOPED_TRACE(from + " to " + to + ": " + query.content.text);
      ASSERT_FALSE(got->sentences_cut);
      if (!plain->matches.empty() && plain->matches[0].score >= kMaxOfSentence) {
        ASSERT_EQ(got->matches.size(), plain->matches.size());
        continue;
      }
      std::map<Pair, Places> wanted = Scan(query.content.text, from, to);
      ASSERT_EQ(got->matches.size(), plain->matches.size() + wanted.size());
      beside_ += plain->matches.empty() || wanted.empty() ? 0 : 1;
      for (const Match& match : got->matches) {
        if (match.sentence.count == 0) continue;
        EXPECT_EQ(match.score, 94);
        EXPECT_FALSE(match.below_threshold);
        // Substitutions put back, the target is the stored sentence.
        std::string target = match.target.content.text;
        if (!match.substitutions.empty()) continue;
        const auto pair = wanted.find({match.source.text, target});
        ASSERT_NE(pair, wanted.end()) << match.source.text << " = " << target;
        EXPECT_TRUE(pair->second.count({match.unit, {match.sentence.number, match.sentence.count}}));
        EXPECT_EQ(match.unit_count, Units(pair->second));
        ++found_;
      }
    }
  }

  static size_t Units(const Places& places) {
    std::set<uint64_t> units;
    for (const auto& [unit, sentence] : places) units.insert(unit);
    return units.size();
  }

  std::mt19937 random_{11};
  std::unique_ptr<TranslationMemory> tm_;
  std::map<uint64_t, Unit> units_;
  size_t found_ = 0;
  size_t beside_ = 0;  // queries with matches of whole segments besides
};

TEST_F(SentencesTest, FindsWhatAScanFinds) {
  const char* full = std::getenv("REPRISE_FULL");
  const int rounds = full != nullptr && std::string(full) == "1" ? 10 : 1;
  for (int round = 0; round < rounds; ++round) {
    Put(150);
    Compare(100);
    ASSERT_TRUE(tm_->Seal().ok());
    for (int i = 0; i < 20; ++i) {
      const uint64_t unit = std::next(units_.begin(), static_cast<ptrdiff_t>(random_() % units_.size()))->first;
      ASSERT_TRUE(tm_->DeleteUnit("m", unit).ok());
      units_.erase(unit);
    }
    Compare(100);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(found_, 50u);
  EXPECT_GT(beside_, 0u);
}

TEST_F(SentencesTest, OfVeryManySegmentsTheNewest) {
  std::vector<Unit> units;
  for (int i = 0; i < 1100; ++i) {
    Unit unit;
    unit.source_locale = "en";
    const std::string tail = i == 1099 ? " Stop it." : " and go on with number " + std::to_string(i) + ".";
    unit.variants.push_back({.locale = "en", .content = {.text = "Open the cover." + tail, .codes = {}}});
    unit.variants.push_back({.locale = "de", .content = {.text = "Deckel auf." + tail, .codes = {}}});
    units.push_back(unit);
    if (units.size() < 550) continue;
    ASSERT_TRUE(tm_->PutUnits("m", units, {.policy = DuplicatePolicy::kKeepAll}).ok());
    units.clear();
  }
  const Query query{.content = {.text = "Open the cover.", .codes = {}}, .source_locale = "en", .target_locale = "de"};
  auto got = tm_->Lookup({{.name = "m"}}, query, {.sentences = true}, {});
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->matches.size(), 1u);
  EXPECT_EQ(got->matches[0].target.content.text, "Deckel auf.");
  EXPECT_TRUE(got->sentences_cut);
  auto stopped = tm_->Lookup({{.name = "m"}}, query, {.sentences = true}, [] { return true; });
  EXPECT_TRUE(absl::IsCancelled(stopped.status()));
}

}  // namespace
}  // namespace reprise
