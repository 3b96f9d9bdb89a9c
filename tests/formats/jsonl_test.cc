#include <gmock/gmock.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;
using Kind = Code::Kind;

constexpr char kOne[] = R"({"variants":[{"locale":"en","text":"One"},{"locale":"de","text":"Eins"}]})";

Collected Read(std::string_view input) { return ReadAll(Format::kJsonl, {}, input); }

std::string Write(const std::vector<Unit>& units) {
  StringSink sink;
  auto writer = NewUnitWriter(Format::kJsonl, {}, &sink);
  EXPECT_TRUE(writer.ok()) << writer.status();
  for (const Unit& unit : units) EXPECT_TRUE((*writer)->Write(unit).ok());
  EXPECT_TRUE((*writer)->Finish().ok());
  return sink.text;
}

TEST(Jsonl, WithoutIdsEqualUnitsAreEqualLines) {
  Unit unit;
  unit.variants = {{.locale = "en", .content = {.text = "a"}}, {.locale = "de", .content = {.text = "A"}}};
  Unit elsewhere = unit;
  unit.id = 7, unit.revision = 2;
  elsewhere.id = 9, elsewhere.revision = 1;
  StringSink sink;
  auto writer = NewUnitWriter(Format::kJsonl, {.without_ids = true}, &sink);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Write(unit).ok() && (*writer)->Write(elsewhere).ok() && (*writer)->Finish().ok());
  const size_t half = sink.text.size() / 2;
  EXPECT_EQ(sink.text.substr(0, half), sink.text.substr(half));
  EXPECT_NE(Write({unit}), Write({elsewhere}));
}

TEST(Jsonl, EveryFieldComesBack) {
  Unit unit;
  unit.client_key = "k";
  unit.source_locale = "en";
  unit.group = "g";
  unit.dropped_contexts = UINT64_MAX;
  unit.note = "n\n\x01";
  unit.attributes = {{"a", {"1", "2"}}, {"none", {}}, {"", {""}}};
  Context context{.document = "d", .key = "k", .previous = {}, .next = {}};
  context.previous["en"] = {Neighbour::State::kText, "before"};
  context.previous["de"].state = Neighbour::State::kEdge;
  context.next["en"].state = Neighbour::State::kUnknown;
  unit.contexts = {context, Context()};
  Variant v;
  v.locale = "en";
  v.content.text = " \t\r\n\"é\\ 😀\x7F";
  v.content.codes = {{0, Kind::kOpen, 3, "<b>", "e", "bold"},
                     {1, Kind::kClose, 3, "", "", ""},
                     {2, Kind::kStandalone, 0, "\n", "", ""}};
  v.origin = Origin::kMachine;
  v.status = VariantStatus::kFinal;
  v.locked = true;
  v.created_us = INT64_MIN;
  v.changed_us = INT64_MAX;
  v.created_by = "ann";
  v.changed_by = "bob";
  v.usage_count = UINT64_MAX;
  v.last_used_us = -1;
  v.note = "m";
  v.attributes = {{"b", {"x"}}};
  unit.variants = {v, Variant{.locale = "zh-CN", .content = {.text = "早"}}};
  std::vector<Unit> units = {unit};
  for (int i = 0; i <= 5; ++i) {
    units.push_back(unit);
    units.back().variants[0].status = static_cast<VariantStatus>(i);
    units.back().variants[0].origin = static_cast<Origin>(std::min(i, 4));
  }
  const std::string file = Write(units);
  EXPECT_EQ(std::count(file.begin(), file.end(), '\n'), 7);
  const Collected c = Read(file);
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), units.size()) << c.refusals[0].reason;
  for (size_t i = 0; i < units.size(); ++i) {
    EXPECT_EQ(c.units[i].first, i + 1);
    EXPECT_TRUE(c.units[i].second == units[i]) << i;
  }
  units[0].id = 12;
  units[0].revision = 3;
  EXPECT_THAT(Write(units), HasSubstr("{\"id\":\"12\",\"revision\":3,\"client_key\""));
  EXPECT_TRUE(Read(Write(units)).units.at(0).second == unit);  // a memory gives its own
}

TEST(Jsonl, ABrokenLineIsRefusedAndTheRestGoesOn) {
  const struct {
    const char* line;
    const char* reason;
  } kCases[] = {
      {"{", "not a JSON value"},
      {"[]", "the line is not an object"},
      {"{}", "variants is missing"},
      {"{\"variants\":[]}", "variants is missing"},
      {"{\"variants\":{}}", "variants is not an array"},
      {"{\"variants\":[1]}", "variants[0] is not an object"},
      {"{\"variants\":[{\"text\":\"a\"}]}", "variants[0].locale is missing"},
      {"{\"variants\":[{\"locale\":\"en\",\"text\":1}]}", "variants[0].text is not a string"},
      {"{\"variants\":[{\"locale\":\"!\"}]}", "variants[0].locale locale"},
      {"{\"variants\":[{\"locale\":\"en\",\"txt\":\"a\"}]}", "variants[0].txt is not a member that is known"},
      {"{\"variants\":[{\"locale\":\"en\",\"status\":\"good\"}]}", "is none of draft, translated"},
      {"{\"variants\":[{\"locale\":\"en\",\"locked\":1}]}", "neither true nor false"},
      {"{\"variants\":[{\"locale\":\"en\",\"usage_count\":-1}]}", "usage_count is not a whole number from 0"},
      {"{\"variants\":[{\"locale\":\"en\",\"codes\":[{\"position\":4294967296}]}]}", "position is not"},
      {"{\"variants\":[{\"locale\":\"en\",\"codes\":[{\"kind\":\"x\"}]}]}", "codes[0].kind is none of"},
      {"{\"attributes\":{\"a\":[1]}}", "attributes.a is not an array of strings"},
      {"{\"contexts\":[{\"previous\":{\"!\":{}}}]}", "contexts[0].previous.!"},
      {"{\"variants\":[{\"locale\":\"en\",\"text\":\"\\uD800\"}]}", "not a JSON value"},
      {"{\"variants\":[{\"locale\":\"en\",\"text\":\"\xFF\"}]}", "not a JSON value"},
      {"{\"variants\":[{\"locale\":\"en\",\"text\":NaN}]}", "not a JSON value"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.line);
    const Collected c = Read(std::string(kOne) + "\n" + test.line + "\n\n" + kOne + "\r\n");
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 2u);
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_EQ(c.refusals[0].line, 2u);
    EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
  }
}

TEST(Jsonl, ATruncatedFileGivesItsUnitsAndAnError) {
  const Collected c = Read(std::string(kOne) + "\n" + std::string(kOne).substr(0, 30));
  EXPECT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.refusals.size(), 1u);
  EXPECT_THAT(MessageOf(c.status), HasSubstr("line 2: the file is cut off"));
  EXPECT_TRUE(Read(kOne).status.ok());  // a last line needs no end
}

TEST(Jsonl, HostileLinesAreBounded) {
  const std::string deep = "{\"variants\":" + std::string(500000, '[');
  const std::string long_line = "{\"note\":\"" + std::string(2 * kMaxTokenBytes, 'x') + "\"}";
  for (const std::string& line : {deep, deep + std::string(500000, ']') + "}", long_line}) {
    const Collected c = ReadInChunks(Format::kJsonl, {}, line + "\n" + kOne + "\n", 1 << 16);
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 1u);
    EXPECT_EQ(c.refusals.size(), 1u);
  }
}

}  // namespace
}  // namespace reprise
