// Fragments and shared parts against a scan of all parts and units, over deltas, runs and deletes, and by example;
// suggestions and assembled matches by example. REPRISE_FULL=1 asks ten times as much.
#include "engine/fragments.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>

#include "engine/shared_parts.h"
#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/testing/fragment_oracle.h"
#include "tests/testing/generate.h"
#include "text/locale.h"
#include "text/normalize.h"

namespace reprise {
namespace {

using testing::Generator;

constexpr testing::FragmentBounds kBounds{kMinFragmentLetters, kMaxFragmentReach, kMaxMatchesOfFragment,
                                          kLeastSharedWords, kMaxSharedParts};

bool Full() {
  const char* full = std::getenv("REPRISE_FULL");
  return full != nullptr && std::string(full) == "1";
}

std::unique_ptr<TranslationMemory> OpenMemory(uint32_t seal_segments) {
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {.seal_segments = seal_segments});
  EXPECT_TRUE(tm.ok()) << tm.status();
  EXPECT_TRUE((*tm)->CreateMemory({.name = "m"}).ok());
  return *std::move(tm);
}

Unit MakeUnit(const std::string& source, const std::string& target, const std::string& from, const std::string& to) {
  Unit unit;
  unit.source_locale = from;
  unit.variants.push_back({.locale = from, .content = {.text = source, .codes = {}}});
  unit.variants.push_back({.locale = to, .content = {.text = target, .codes = {}}});
  return unit;
}

Query MakeQuery(const std::string& text, const std::string& from, const std::string& to) {
  return {.content = {.text = text, .codes = {}}, .source_locale = from, .target_locale = to, .context = {}};
}

std::string Slice(const std::string& text, uint32_t begin, uint32_t end) {
  std::string out;
  uint32_t at = 0;
  for (char c : text) {
    at += (c & 0xC0) != 0x80;
    if (at > begin && at <= end) out += c;
  }
  return out;
}

class Generated {
 public:
  Generated(uint64_t seed, uint32_t seal_segments) : generate_(seed), tm_(OpenMemory(seal_segments)) {}

  void Put(size_t count) {
    std::vector<Unit> units = generate_.Units(count);
    for (Unit& unit : units) unit.id = 0;
    auto results = tm_->PutUnits("m", units, {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok()) << results.status();
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

  void Compare(size_t queries, size_t* fragments, size_t* shared) {
    for (size_t i = 0; i < queries; ++i) {
      const Query query = NextQuery();
      LookupOptions options = generate_.NextOptions();
      options.fragments = FragmentMode::kAlways;
      SCOPED_TRACE("query " + std::to_string(i) + " \"" + query.content.text + "\" " + query.source_locale + " -> " +
                   query.target_locale);
      auto got = tm_->Lookup({{.name = "m"}}, query, options, {});
      ASSERT_TRUE(got.ok()) << got.status();
      ASSERT_TRUE(got->fragments_searched);
      ASSERT_FALSE(got->shared_parts_cut);
      if (got->fragments_cut) continue;  // many words
      const std::vector<Fragment> all = AllFragments(units_, {.name = "m"}, query, options, kBounds);
      std::set<std::pair<uint32_t, uint32_t>> parts;
      for (const Fragment& f : all) parts.emplace(f.query_begin, f.query_end);
      if (parts.size() > kMaxFragmentParts) continue;
      ASSERT_EQ(testing::FragmentLines(got->fragments), testing::FragmentLines(all));
      *fragments += all.size();
      CompareShared(query, options, *got, shared);
    }
  }

 private:
  void CompareShared(const Query& query, const LookupOptions& options, const LookupResult& got, size_t* shared) {
    const auto expected = AllSharedParts(units_, query, options, got.fragments, kBounds);
    ASSERT_EQ(got.shared_parts.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const SharedPart& part = got.shared_parts[i];
      ASSERT_EQ(part.query_begin, expected[i].query_begin);
      ASSERT_EQ(part.query_end, expected[i].query_end);
      std::set<std::pair<std::string, std::string>> pairs;
      for (const SharedExample& example : part.examples) {
        const std::pair<std::string, std::string> pair(example.source.text, example.target.content.text);
        ASSERT_TRUE(std::count(expected[i].pairs.begin(), expected[i].pairs.end(), pair) == 1) << pair.first;
        pairs.insert(pair);
        ASSERT_LT(example.source_begin, example.source_end);
      }
      ASSERT_GE(part.examples.size(), std::min(kMaxSharedExamples, expected[i].pairs.size()));
    }
    *shared += expected.size();
  }

  // Some stored sources, whole, cut or changed, behind each other.
  Query NextQuery() {
    Query query = generate_.NextQuery(units_);
    static const char* const kBetween[] = {" ", ", ", " (", ". ", " 12 ", " – "};
    for (uint32_t more = generate_.Below(3); more > 0; --more) {
      const Unit& unit = units_[generate_.Below(static_cast<uint32_t>(units_.size()))];
      for (const Variant& variant : unit.variants) {
        if (MatchLocale(query.source_locale, variant.locale) == LocaleMatch::kNone) continue;
        std::string text = variant.content.text;
        if (generate_.OneIn(4)) text = generate_.Mutated(text, variant.locale);
        query.content.text += kBetween[generate_.Below(6)] + text;
        break;
      }
    }
    return query;
  }

  void Reload() {
    uint64_t next = 0;
    auto units = tm_->ListUnits("m", {}, "", 0, 1000000, &next);
    ASSERT_TRUE(units.ok());
    units_ = *std::move(units);
  }

  Generator generate_;
  std::unique_ptr<TranslationMemory> tm_;
  std::vector<Unit> units_;
};

TEST(FragmentsTest, AreThoseOfAScan) {
  size_t fragments = 0, shared = 0;
  for (uint64_t seed = 1; seed <= (Full() ? 60u : 6u); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Generated memory(seed, seed % 2 == 0 ? 1 << 20 : 60);
    memory.Put(250);
    if (seed % 3 != 0) memory.DeleteSome(3);
    memory.Put(80);
    if (seed % 3 == 1) {
      ASSERT_TRUE(memory.tm().Seal().ok());
    }
    memory.DeleteSome(5);
    memory.Compare(60, &fragments, &shared);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(fragments, Full() ? 2000u : 200u);
  EXPECT_GT(shared, Full() ? 1000u : 100u);
}

class ExampleTest : public ::testing::Test {
 protected:
  void Put(const std::string& source, const std::string& target, const std::string& from = "en",
           const std::string& to = "de") {
    auto results = tm_->PutUnits("m", {MakeUnit(source, target, from, to)}, {.policy = DuplicatePolicy::kKeepAll});
    ASSERT_TRUE(results.ok() && (*results)[0].outcome == PutOutcome::kAdded);
  }
  LookupResult Look(const std::string& text, LookupOptions options, const std::string& from = "en",
                    const std::string& to = "de") {
    auto got = tm_->Lookup({{.name = "m"}}, MakeQuery(text, from, to), options, {});
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *std::move(got) : LookupResult();
  }
  // "part=target" of each, joined.
  std::string Fragments(const std::string& text, const std::string& from = "en", const std::string& to = "de") {
    std::string out;
    for (const Fragment& f : Look(text, {.fragments = FragmentMode::kIfNoMatch}, from, to).fragments) {
      out += "[" + Slice(text, f.query_begin, f.query_end) + "=" + f.match.target.content.text + "]";
    }
    return out;
  }
  std::vector<Completion> Suggest(const std::string& source, const std::string& typed, const std::string& from = "en",
                                  const std::string& to = "de", SuggestCache* cache = nullptr) {
    auto got = tm_->Suggest({{.name = "m"}}, MakeQuery(source, from, to), typed, {}, {}, cache);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? got->completions : std::vector<Completion>();
  }
  std::string First(const std::string& source, const std::string& typed, const std::string& from = "en",
                    const std::string& to = "de") {
    const std::vector<Completion> found = Suggest(source, typed, from, to);
    return found.empty() ? "(none)" : typed + "|" + found[0].append;
  }

  std::unique_ptr<TranslationMemory> tm_ = OpenMemory(1000);
};

TEST_F(ExampleTest, FragmentsInManyLanguages) {
  Put("safety valve", "Sicherheitsventil");
  Put("Press 3 times.", "Drücken Sie 3-mal.");
  Put("safety", "Sicherheit");
  Put("of", "von");
  EXPECT_EQ(Fragments("Check the safety valve of the pump, then press 5 times. Wait!"),
            "[press 5 times.=Drücken Sie 5-mal.][safety valve=Sicherheitsventil]");
  EXPECT_EQ(Fragments("the safety of it all is checked"), "[safety=Sicherheit]");
  Put("安全阀", "safety valve", "zh", "en");
  EXPECT_EQ(Fragments("请检查安全阀是否关闭", "zh", "en"), "[安全阀=safety valve]");
  Put("安全弁", "safety valve", "ja", "en");
  EXPECT_EQ(Fragments("まず安全弁を閉じてください", "ja", "en"), "[安全弁=safety valve]");
  Put("บันทึกไฟล์", "Save file", "th", "en");
  EXPECT_EQ(Fragments("กรุณาบันทึกไฟล์ก่อน", "th", "en"), "[บันทึกไฟล์=Save file]");
  Put("ملف جديد", "New file", "ar", "en");
  EXPECT_EQ(Fragments("افتح ملف جديد الآن", "ar", "en"), "[ملف جديد=New file]");
}

TEST_F(ExampleTest, FragmentsOnlyWhereNothingMatchesUnlessAlways) {
  Put("Close the safety valve", "Schließen Sie das Sicherheitsventil");
  Put("safety valve", "Sicherheitsventil");
  LookupResult got = Look("Close the safety valve", {.fragments = FragmentMode::kIfNoMatch});
  EXPECT_FALSE(got.fragments_searched);
  got = Look("Close the safety valve", {.fragments = FragmentMode::kAlways});
  EXPECT_TRUE(got.fragments_searched);
  ASSERT_EQ(got.fragments.size(), 1u);
  EXPECT_EQ(got.fragments[0].match.target.content.text, "Sicherheitsventil");
  EXPECT_EQ(got.fragments[0].match.score, 100);
  ASSERT_FALSE(got.fragments[0].match.edits.empty());
  EXPECT_EQ(got.fragments[0].match.edits[0].query_begin, got.fragments[0].query_begin);
}

TEST_F(ExampleTest, ALongQueryIsAskedForItsShorterRunsAndSaysSo) {
  EXPECT_EQ(LongestFragmentRun(0), 0u);
  EXPECT_EQ(LongestFragmentRun(63), 63u);
  EXPECT_LT(LongestFragmentRun(64), 64u);
  EXPECT_EQ(LongestFragmentRun(5000), 0u);
  Put("safety valve", "Sicherheitsventil");
  std::string text = "safety valve";
  for (int i = 0; i < 100; ++i) text += " word" + std::string(1, static_cast<char>('a' + i % 26));
  const LookupResult got = Look(text, {.fragments = FragmentMode::kAlways});
  EXPECT_TRUE(got.fragments_cut);
  EXPECT_EQ(got.fragments.size(), 1u);
}

TEST_F(ExampleTest, SharedPartsSayWhereTheyStand) {
  Put("Always close the main valve before you leave", "Schließen Sie immer das Hauptventil, bevor Sie gehen");
  const std::string text = "Operators must close the main valve before lunch";
  const LookupResult got = Look(text, {.fragments = FragmentMode::kIfNoMatch});
  ASSERT_EQ(got.shared_parts.size(), 1u);
  const SharedPart& part = got.shared_parts[0];
  EXPECT_EQ(Slice(text, part.query_begin, part.query_end), "close the main valve before");
  ASSERT_EQ(part.examples.size(), 1u);
  const SharedExample& example = part.examples[0];
  EXPECT_EQ(Slice(example.source.text, example.source_begin, example.source_end), "close the main valve before");
  EXPECT_EQ(example.target.content.text, "Schließen Sie immer das Hauptventil, bevor Sie gehen");
}

TEST_F(ExampleTest, AssembledOfSentences) {
  Put("Open the cover.", "Öffnen Sie die Abdeckung.");
  Put("Remove the filter.", "Entfernen Sie den Filter.");
  const std::string text = "Open the cover. Remove the filter.\nThen wait.";
  LookupResult got = Look(text, {.assemble = true});
  ASSERT_EQ(got.matches.size(), 1u);
  const Match& match = got.matches[0];
  EXPECT_TRUE(match.assembled);
  EXPECT_EQ(match.target.content.text, "Öffnen Sie die Abdeckung. Entfernen Sie den Filter.\nThen wait.");
  ASSERT_EQ(match.parts.size(), 3u);
  EXPECT_EQ(match.parts[0].score, 100);
  EXPECT_EQ(match.parts[2].score, 0);
  EXPECT_EQ(Slice(match.target.content.text, match.parts[1].target_begin, match.parts[1].target_end),
            "Entfernen Sie den Filter.");
  // Letters, marks as one: 13 and 16 of 38.
  EXPECT_EQ(match.score, (100 * 13 + 100 * 16) / (13 + 16 + 9));
  EXPECT_TRUE(Look(text, {}).matches.empty());
  got = Look("Open the cover. Remove the filter.", {.assemble = true});
  ASSERT_EQ(got.matches.size(), 1u);
  EXPECT_EQ(got.matches[0].score, 94) << "never above";
}

TEST_F(ExampleTest, AssembledBetweenScripts) {
  Put("Open the cover.", "打开盖子。", "en", "zh");
  Put("Remove the filter.", "取出过滤器。", "en", "zh");
  Put("打开盖子。", "Open the cover.", "zh", "en");
  Put("取出过滤器。", "Remove the filter.", "zh", "en");
  LookupResult got = Look("Open the cover. Remove the filter.", {.assemble = true}, "en", "zh");
  ASSERT_EQ(got.matches.size(), 1u);
  EXPECT_EQ(got.matches[0].target.content.text, "打开盖子。取出过滤器。");
  got = Look("打开盖子。取出过滤器。", {.assemble = true}, "zh", "en");
  ASSERT_EQ(got.matches.size(), 1u);
  EXPECT_EQ(got.matches[0].target.content.text, "Open the cover. Remove the filter.");
}

TEST_F(ExampleTest, CodesOfAnAssembledQueryAreKept) {
  Put("Open the cover.", "Öffnen Sie die Abdeckung.");
  Put("Remove the filter.", "Entfernen Sie den Filter.");
  Query query = MakeQuery("Open the cover. Remove the filter.", "en", "de");
  query.content.codes = {{.position = 15, .kind = Code::Kind::kStandalone, .data = "<br/>"}};
  auto got = tm_->Lookup({{.name = "m"}}, query, {.assemble = true}, {});
  ASSERT_TRUE(got.ok() && got->matches.size() == 1);
  ASSERT_EQ(got->matches[0].target.content.codes.size(), 1u);
  EXPECT_EQ(got->matches[0].target.content.codes[0].position, 25u);
  query.content.codes = {{.position = 5, .kind = Code::Kind::kOpen, .pair_id = 1, .data = "<b>"},
                         {.position = 22, .kind = Code::Kind::kClose, .pair_id = 1, .data = "</b>"}};
  got = tm_->Lookup({{.name = "m"}}, query, {.assemble = true}, {});
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(got->matches.empty());
  EXPECT_NE(got->not_assembled.find("inline codes"), std::string::npos);
}

TEST_F(ExampleTest, SuggestionsOfMatchesAndFragments) {
  Put("Save the file before closing", "Speichern Sie die Datei, bevor Sie schließen");
  Put("safety valve", "Sicherheitsventil");
  const std::string source = "Save the file before closing the safety valve";
  EXPECT_EQ(First(source, ""), "|Speichern Sie die Datei, bevor Sie schließen");
  EXPECT_EQ(First(source, "Spei"), "Spei|chern Sie die Datei, bevor Sie schließen");
  EXPECT_EQ(First(source, "spei"), "spei|chern Sie die Datei, bevor Sie schließen");
  EXPECT_EQ(First(source, "Jetzt SPEI"), "Jetzt SPEI|CHERN Sie die Datei");
  EXPECT_EQ(First(source, "Zuerst die "), "Zuerst die |Datei");
  EXPECT_EQ(First(source, "Das Sich"), "Das Sich|erheitsventil");
  const std::vector<Completion> found = Suggest(source, "Das Sich");
  EXPECT_EQ(found[0].origin, CompletionOrigin::kFragment);
  EXPECT_EQ(found[0].text, "Sicherheitsventil");
  EXPECT_EQ(First(source, "Das icher"), "(none)") << "not inside a word";
}

TEST_F(ExampleTest, SuggestionsOfTheMemoryIfTheSourceGivesNone) {
  Put("Good morning", "Guten Morgen");
  const std::vector<Completion> found = Suggest("Something else entirely", "Guten M");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].append, "orgen");
  EXPECT_EQ(found[0].origin, CompletionOrigin::kMemory);
  EXPECT_TRUE(found[0].whole);
}

TEST_F(ExampleTest, SuggestionsInManyLanguages) {
  Put("Save the file", "保存文件", "en", "zh");
  EXPECT_EQ(First("Save the file", "保", "en", "zh"), "保|存文件");
  Put("Save the file", "ファイルを保存します", "en", "ja");
  EXPECT_EQ(First("Save the file", "ファイ", "en", "ja"), "ファイ|ルを保存します");
  Put("Save the file", "บันทึกไฟล์", "en", "th");
  EXPECT_EQ(First("Save the file", "บันทึก", "en", "th"), "บันทึก|ไฟล์");
  Put("Save the file", "احفظ الملف", "en", "ar");
  EXPECT_EQ(First("Save the file", "احفظ ال", "en", "ar"), "احفظ ال|ملف");
  Put("Save the file", "Сохранить файл", "en", "ru");
  EXPECT_EQ(First("Save the file", "сохранить ф", "en", "ru"), "сохранить ф|айл");
  Put("Save the file", "Dosyayı kaydet", "en", "tr");
  EXPECT_EQ(First("Save the file", "dosyayı K", "en", "tr"), "dosyayı K|aydet");
}

TEST_F(ExampleTest, ACacheForgetsWhenSourceOrStoreChange) {
  SuggestCache cache;
  Put("Save the file", "Datei speichern");
  EXPECT_EQ(Suggest("Save the file", "Datei ", "en", "de", &cache)[0].append, "speichern");
  EXPECT_EQ(Suggest("Save the file", "Datei s", "en", "de", &cache)[0].append, "peichern");
  Put("Open the door", "Tür öffnen");
  EXPECT_EQ(Suggest("Open the door", "T", "en", "de", &cache)[0].append, "ür öffnen");
  Put("Open the door", "Die Tür aufmachen");
  EXPECT_EQ(Suggest("Open the door", "Die", "en", "de", &cache)[0].append, " Tür aufmachen");
}

TEST_F(ExampleTest, SuggestionsRefuseWhatIsOutOfRangeAndStopWhenCancelled) {
  const Query query = MakeQuery("Save the file", "en", "de");
  const auto field = [&](const std::string& typed, const SuggestOptions& options) {
    return FieldOf(tm_->Suggest({{.name = "m"}}, query, typed, options, {}, nullptr).status());
  };
  EXPECT_EQ(field(std::string(kMaxTypedBytes + 1, 'a'), {}), "prefix");
  EXPECT_EQ(field("\xFF", {}), "prefix");
  EXPECT_EQ(field("", {.max_results = 0}), "max_results");
  EXPECT_EQ(field("", {.max_results = 51}), "max_results");
  EXPECT_EQ(field("", {.threshold = 101}), "threshold");
  Put("Save the file", "Datei speichern");
  EXPECT_TRUE(absl::IsCancelled(tm_->Suggest(
                                       {{.name = "m"}}, query, "", {}, [] { return true; }, nullptr)
                                    .status()));
}

}  // namespace
}  // namespace reprise
