#include <gmock/gmock.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

constexpr char kHead[] = "source_lang,target_lang,source,target,document,key,prev,next\r\n";

Collected Read(std::string_view input, const ReadOptions& options = {}) {
  return ReadAll(Format::kCsv, options, input);
}

TEST(Csv, QuotedCellsHoldSeparatorsLinesAndQuotes) {
  const Collected c =
      Read(std::string(kHead) + "en,\"de\",\"One, \"\"two\"\"\nthree\",Eins,\"d,1\",k,<edge>,\"a\nb\"\r\n" +
           "en,de,Four,Vier,,,,\r\n");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u) << c.refusals[0].reason;
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.variants[0].content.text, "One, \"two\"\nthree");
  EXPECT_EQ(unit.variants[1].content.text, "Eins");
  EXPECT_EQ(unit.contexts[0].document, "d,1");
  EXPECT_EQ(unit.contexts[0].previous.at("en").state, Neighbour::State::kEdge);
  EXPECT_EQ(unit.contexts[0].next.at("en").text, "a\nb");
  EXPECT_EQ(c.units[1].first, 5u);
}

TEST(Csv, LineEndsInQuotedCellsStayAsTheyAre) {
  const std::string row = "en,de,\"a\r\nb\nc\r\n\r\nd\re\",\"A\r\n\",,,,\r\n";
  const Collected c = Read(kHead + row + row);
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u);
  for (const auto& [line, unit] : c.units) {
    EXPECT_EQ(unit.variants[0].content.text, "a\r\nb\nc\r\n\r\nd\re");
    EXPECT_EQ(unit.variants[1].content.text, "A\r\n");
  }
}

TEST(Csv, AUnitWithSeveralContextsIsReadAsOne) {
  Unit unit;
  unit.source_locale = "en";
  unit.variants = {{.locale = "en", .content = {.text = "Open"}}, {.locale = "de", .content = {.text = "Öffnen"}}};
  unit.contexts = {{.document = "a", .key = "1"}, Context(), {.document = "b", .key = "2"}};
  Unit other = unit;
  other.contexts = {{.document = "a", .key = "1"}};
  for (const Format format : {Format::kCsv, Format::kTsv}) {
    StringSink sink;
    auto writer = NewUnitWriter(format, {.source_locale = "en", .target_locale = "de"}, &sink);
    for (const Unit& one : {unit, other, unit, unit}) ASSERT_TRUE((*writer)->Write(one).ok());
    ASSERT_TRUE((*writer)->Finish().ok());
    const Collected c = ReadAll(format, {.source_locale = "", .target_locale = "", .keep_raw = true}, sink.text);
    ASSERT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.units.size(), 4u) << sink.text;
    EXPECT_TRUE(c.units[0].second == unit) << sink.text;
    EXPECT_TRUE(c.units[1].second == other);
    EXPECT_TRUE(c.units[2].second == unit);
    EXPECT_TRUE(c.units[3].second == unit) << "equal neighbours are two units";
    EXPECT_EQ(c.units[2].first, 6u);
  }
}

TEST(Csv, RowsOfOneNameAreOneUnitOnlyWhereTheyAreOne) {
  const std::string head = "source_lang,target_lang,source,target,key,unit\n";
  const auto units = [&head](const std::string& rows) { return Read(head + rows).units.size(); };
  EXPECT_EQ(units("en,de,a,A,1,u\nen,de,a,A,2,u\n"), 1u);
  EXPECT_EQ(units("en,de,a,A,1,u\nen,de,a,A,2,v\n"), 2u);
  EXPECT_EQ(units("en,de,a,A,1,\nen,de,a,A,2,\n"), 2u);
  EXPECT_EQ(units("en,de,a,A,1,u\nen,de,a,B,2,u\n"), 2u);
  EXPECT_EQ(units("en,de,a,A,1,u\nen,fr,a,A,2,u\n"), 2u);
  EXPECT_EQ(units("en,de,a,A,1,u\nen,de,b,B,2,\nen,de,a,A,3,u\n"), 3u);
  // A refused row between them comes in its place.
  const Collected c = Read(head + "en,de,a,A,1,u\nen,de,,A,2,u\nen,de,a,A,3,u\n");
  EXPECT_EQ(c.units.size(), 2u);
  EXPECT_EQ(c.lines, (std::vector<uint64_t>{2, 3, 4}));
  std::string many;
  for (size_t i = 0; i < kMaxContexts + 1; ++i) many += "en,de,a,A," + std::to_string(i) + ",u\n";
  EXPECT_EQ(units(many), 2u) << "what a unit holds of contexts bounds what waits";
}

TEST(Csv, SemicolonsAndQuotedHeadersAreKnown) {
  const Collected c = Read("\"source\";\"target\"\nOne, two;Eins\n", {.source_locale = "en", .target_locale = "de"});
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "One, two");
  EXPECT_EQ(DetectFormat("a.txt", "\"source\";\"target\"\n"), Format::kCsv);
  EXPECT_EQ(DetectFormat("a.txt", kHead), Format::kCsv);
  EXPECT_EQ(DetectFormat("a.csv", "one,two\n"), Format::kCsv);
}

TEST(Csv, ABrokenRowIsRefusedAndTheRestGoesOn) {
  const struct {
    const char* row;
    const char* reason;
  } kCases[] = {{"en,de,a", "columns"},
                {"en,de,\"a\"x,A,,,,", "closing quote"},
                {"en,de,\xFF,A,,,,", "UTF-8"},
                {"en,en,a,A,,,,", "same language"},
                {"en,de,,A,,,,", "source is empty"},
                {"en,de,a\"b\"c,A,,,,", "stands in a cell"}};
  for (const auto& test : kCases) {
    const Collected c = Read(std::string(kHead) + "en,de,One,Eins,,,,\n" + test.row + "\nen,de,Three,Drei,,,,\n");
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 2u);
    ASSERT_EQ(c.refusals.size(), 1u) << test.row;
    EXPECT_EQ(c.refusals[0].line, 3u);
    EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
  }
}

TEST(Csv, ALostQuoteCostsOneRow) {
  std::string file = std::string(kHead) + "en,de,One,Eins,,,,\nen,de,\"a,A,,,,\n";
  size_t rows = 0;
  while (file.size() < kMaxTokenBytes + (1 << 18)) {
    file += "en,de,Row " + std::to_string(++rows) + ",Zeile,,,,\n";
  }
  const Collected c = ReadInChunks(Format::kCsv, {}, file, 1 << 16);
  EXPECT_TRUE(c.status.ok()) << c.status;
  EXPECT_EQ(c.units.size(), rows + 1);
  ASSERT_EQ(c.refusals.size(), 1u);
  EXPECT_EQ(c.refusals[0].line, 3u);
  EXPECT_THAT(c.refusals[0].reason, HasSubstr("quote is not closed"));
}

TEST(Csv, ATruncatedFileGivesItsUnitsAndAnError) {
  const Collected c = Read(std::string(kHead) + "en,de,One,Eins,,,,\nen,de,\"Tw");
  EXPECT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.refusals.size(), 1u);
  EXPECT_THAT(MessageOf(c.status), HasSubstr("line 3"));
  EXPECT_FALSE(Read("").status.ok());
  EXPECT_THAT(MessageOf(Read("one,two\n").status), HasSubstr("no columns source and target"));
}

TEST(Csv, RowsComeBackEqual) {
  TestRandom random(13);
  const char* const pieces[] = {"a", "é", ",", ";", "\"", "\n", "\r\n", "\r", "\t", " ", "|", "\\"};
  const auto text = [&](uint32_t longest) {
    std::string s = "x";
    for (uint32_t n = random.Below(longest + 1); n > 0; --n) s += pieces[random.Below(std::size(pieces))];
    return s;
  };
  for (int i = 0; i < 300; ++i) {
    Unit unit;
    unit.source_locale = "en";
    unit.variants.resize(2);
    unit.variants[0].locale = "en";
    unit.variants[1].locale = "de";
    for (Variant& v : unit.variants) v.content.text = text(9);
    unit.contexts.push_back({.document = text(3), .key = text(3)});
    unit.contexts[0].previous["en"] = {Neighbour::State::kText, text(3)};
    unit.contexts[0].next["en"].state = Neighbour::State::kEdge;
    StringSink sink;
    auto writer = NewUnitWriter(Format::kCsv, {.source_locale = "en", .target_locale = "de"}, &sink);
    ASSERT_TRUE((*writer)->Write(unit).ok());
    ASSERT_TRUE((*writer)->Finish().ok());
    const Collected c = ReadInChunks(Format::kCsv, {}, sink.text, 1 << 16);
    ASSERT_EQ(c.units.size(), 1u) << sink.text << (c.refusals.empty() ? MessageOf(c.status) : c.refusals[0].reason);
    EXPECT_TRUE(c.units[0].second == unit) << sink.text;
  }
}

}  // namespace
}  // namespace reprise
