#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "formats/decompress.h"
#include "tests/formats/collect.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

Collected Read(std::string_view input, const ReadOptions& options = {}) {
  return ReadAll(Format::kTsv, options, input);
}

TEST(TsvReader, ReadsTheLibreOfficeShapeWithAndWithoutHeader) {
  const std::string row = "en\tpt_br\tSave\\tas\\n\\\\x\tSalvar\tsw/messages.po|A|B\n";
  for (const std::string& header :
       {std::string("source_lang\ttarget_lang\tsource\ttarget\tcontext\n"), std::string()}) {
    const Collected c = Read(header + row);
    ASSERT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.units.size(), 1u);
    EXPECT_EQ(c.units[0].first, header.empty() ? 1u : 2u);
    const Unit& unit = c.units[0].second;
    EXPECT_EQ(unit.source_locale, "en");
    EXPECT_EQ(unit.variants[0].content.text, "Save\tas\n\\x");
    EXPECT_EQ(unit.variants[1].locale, "pt-BR");
    EXPECT_EQ(unit.variants[1].origin, Origin::kUnspecified);
    ASSERT_EQ(unit.contexts.size(), 1u);
    EXPECT_EQ(unit.contexts[0].document, "sw/messages.po");
    EXPECT_EQ(unit.contexts[0].key, "A|B");
  }
}

TEST(TsvReader, ColumnsStandInAnyOrderAndLocalesMayComeWithTheFile) {
  const Collected c = Read(
      "\xEF\xBB\xBF"
      "Target\tprev\tnext\tsource\tkey\tdocument\textra\r\nDas\t<edge>\tnext\\n\tThis\tk\td\te\r\n",
      {.source_locale = "EN_us", .target_locale = "de"});
  ASSERT_EQ(c.units.size(), 1u) << c.status;
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.source_locale, "en-US");
  EXPECT_EQ(unit.variants[1].content.text, "Das");
  Context expected{.document = "d", .key = "k", .previous = {}, .next = {}};
  expected.previous["en-US"].state = Neighbour::State::kEdge;
  expected.next["en-US"] = {Neighbour::State::kText, "next\n"};
  EXPECT_EQ(unit.contexts, std::vector<Context>{expected});
}

TEST(TsvReader, UnknownEscapesAreKept) {
  const Collected c = Read("source\ttarget\nC:\\Users\\\t\\x\n", {.source_locale = "en", .target_locale = "de"});
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "C:\\Users\\");
  EXPECT_EQ(c.units[0].second.variants[1].content.text, "\\x");
}

TEST(TsvReader, BadRowsAreRefusedByLine) {
  const std::string good = "en\tde\tOne\tEins\tf|k\n";
  const struct {
    std::string row;
    const char* reason;
  } kCases[] = {
      {"en\tde\t \tx\tf|k\n", "source is empty"},
      {"en\tde\tx\t\\n\tf|k\n", "target is empty"},
      {"en\tde\tx\ty\n", "has 4 columns where 5"},
      {"en\tde\tx\ty\tf|k\tz\n", "has 6 columns"},
      {"en\tde\tx\xFF\ty\tf|k\n", "not UTF-8"},
      {"en\tEnglish!\tx\ty\tf|k\n", "target_lang"},
      {"\tde\tx\ty\tf|k\n", "source_lang is empty"},
      {"en\tEN\tx\ty\tf|k\n", "same language"},
      {"en\tde\t" + std::string(kMaxTokenBytes, 'x') + "\ty\tf|k\n", "longer than"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.reason);
    const Collected c = Read(good + test.row + good);
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 2u);
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_EQ(c.refusals[0].line, 2u);
    EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
  }
  EXPECT_EQ(Read(good + kCases[0].row).refusals[0].unit, "f|k");
}

TEST(TsvReader, MissingColumnsAreNamed) {
  const Collected c = Read("source_lang\ttarget_lang\tquelle\tziel\nen\tde\ta\tb\n");
  EXPECT_EQ(c.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(c.status), HasSubstr("it has: source_lang, target_lang, quelle, ziel; needed: source, target"));
  EXPECT_THAT(MessageOf(Read("source\ttarget\na\tb\n").status), HasSubstr("no column source_lang"));
  EXPECT_FALSE(Read("").status.ok());
  EXPECT_FALSE(Read(std::string(kMaxTokenBytes + 1, 'x')).status.ok());
}

TEST(TsvWriter, WhatIsWrittenIsReadEqual) {
  Unit unit = testing::MakeUnit("a\tb\nc\\n\rd", "早", "ja");
  unit.contexts.resize(1);
  unit.contexts[0].document = "a|b";
  unit.contexts[0].key = "k\t";
  unit.contexts[0].previous["en"].state = Neighbour::State::kEdge;
  unit.contexts[0].next["en"] = {Neighbour::State::kText, "n"};
  StringSink sink;
  auto writer = NewUnitWriter(Format::kTsv, {.source_locale = "en", .target_locale = "ja"}, &sink);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Write(unit).ok());
  Unit other = unit;
  other.variants[1].locale = "de";
  ASSERT_TRUE((*writer)->Write(other).ok());
  ASSERT_TRUE((*writer)->Finish().ok());
  EXPECT_EQ((*writer)->skipped(), 1u);
  const Collected c = Read(sink.text);
  ASSERT_EQ(c.units.size(), 1u) << sink.text;
  EXPECT_EQ(c.units[0].second, unit);
  EXPECT_FALSE(NewUnitWriter(Format::kTsv, {}, &sink).ok());
}

// The corpus for benchmarks is no part of the repository: its folder is named by the environment, if it is there.
TEST(TsvReader, ReadsTheBenchmarkCorpus) {
  const char* folder = std::getenv("REPRISE_CORPUS_DIR");
  if (folder == nullptr || !std::filesystem::exists(folder)) return;
  size_t files = 0, units = 0, refused = 0;
  class Count : public UnitSink {
   public:
    absl::Status OnUnit(Unit, uint64_t) override {
      ++units;
      return absl::OkStatus();
    }
    absl::Status OnRefusal(Refusal refusal) override {
      EXPECT_THAT(refusal.reason, HasSubstr("is empty"));
      ++refused;
      return absl::OkStatus();
    }
    size_t units = 0, refused = 0;
  };
  class Forward : public ByteSink {
   public:
    explicit Forward(UnitReader* reader) : reader_(reader) {}
    absl::Status Write(std::string_view bytes) override { return reader_->Feed(bytes); }

   private:
    UnitReader* const reader_;
  };
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".zst") continue;
    Count count;
    auto reader = NewUnitReader(Format::kTsv, {}, &count);
    ASSERT_TRUE(reader.ok());
    Forward forward(reader->get());
    Decompressor decompressor(&forward);
    std::ifstream file(entry.path(), std::ios::binary);
    std::string chunk(1 << 16, '\0');
    while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
      ASSERT_TRUE(decompressor.Feed(std::string_view(chunk).substr(0, static_cast<size_t>(file.gcount()))).ok());
    }
    ASSERT_TRUE(decompressor.Finish().ok());
    ASSERT_TRUE((*reader)->Finish().ok());
    ++files;
    units += count.units;
    refused += count.refused;
  }
  EXPECT_EQ(files, 14u);
  EXPECT_EQ(units, 940626u);  // 940,672 rows: the files have no header row
  EXPECT_EQ(refused, 46u);
}

}  // namespace
}  // namespace reprise
