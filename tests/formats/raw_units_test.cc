// Units as they stand in the file: with their frames they are a file of the same format that reads as they did.
#include <gmock/gmock.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Keeps where units and refusals stand.
class RawSink : public CollectSink {
 public:
  void OnRaw(const std::shared_ptr<const RawUnit>& raw) override { raw_ = raw; }
  absl::Status OnUnit(Unit unit, uint64_t line) override {
    EXPECT_NE(raw_, nullptr);
    if (of_units.empty() || of_units.back() != raw_) of_units.push_back(raw_);
    return CollectSink::OnUnit(std::move(unit), line);
  }
  absl::Status OnWarning(Warning warning) override {
    warnings.push_back(warning.text);
    warning_lines.push_back(warning.line);
    return absl::OkStatus();
  }

  std::vector<std::shared_ptr<const RawUnit>> of_units;
  std::vector<std::string> warnings;
  std::vector<uint64_t> warning_lines;

 private:
  std::shared_ptr<const RawUnit> raw_;
};

void Read(Format format, std::string_view input, RawSink* sink) {
  ReadOptions options{.source_locale = "en", .target_locale = "de"};
  options.keep_raw = true;
  auto reader = NewUnitReader(format, options, sink);
  ASSERT_TRUE(reader.ok()) << reader.status();
  for (size_t at = 0; at < input.size(); at += 11) ASSERT_TRUE((*reader)->Feed(input.substr(at, 11)).ok());
  const absl::Status end = (*reader)->Finish();
  ASSERT_TRUE(end.ok()) << end;
}

std::string FileOf(const std::vector<std::shared_ptr<const RawUnit>>& raws) {
  std::string file;
  const UnitFrame* open = nullptr;
  for (const auto& raw : raws) {
    if (open == nullptr) file += raw->frame->head;
    if (open != raw->frame.get()) file += (open == nullptr ? "" : open->close) + raw->frame->open;
    open = raw->frame.get();
    file += raw->bytes;
    if (raw->bytes.back() != '\n') file += "\n";
  }
  return open == nullptr ? file : file + open->close + open->tail;
}

std::vector<std::shared_ptr<const RawUnit>> RawOf(const std::vector<Refusal>& refusals) {
  std::vector<std::shared_ptr<const RawUnit>> raws;
  for (const Refusal& refusal : refusals) {
    if (refusal.raw != nullptr) raws.push_back(refusal.raw);
  }
  return raws;
}

// A reason without the line that it may name.
std::string ReasonStart(const Refusal& refusal) { return refusal.reason.substr(0, refusal.reason.find("line")); }

struct Case {
  const char* name;
  Format format;
  std::string file;
  size_t good;
  size_t bad;
};

std::vector<Case> Cases() {
  const std::string xliff12 =
      "<?xml version=\"1.0\"?>\n<x:xliff xmlns:x=\"urn:oasis:names:tc:xliff:document:1.2\" version=\"1.2\">\n"
      "<x:file original=\"a.html\" source-language=\"en\" target-language=\"fr\"><x:header/><x:body>\n"
      "<x:trans-unit id=\"1\"><x:source>One</x:source><x:target>Un</x:target></x:trans-unit>\n"
      "<x:trans-unit id=\"2\"><x:source>Two & more</x:source><x:target>Deux</x:target></x:trans-unit>\n"
      "</x:body></x:file>\n<x:file original=\"b.html\" source-language=\"en\" target-language=\"pl\"><x:body>\n"
      "<x:trans-unit id=\"3\"><x:source>Three</x:source><x:target>Trzy</x:target></x:trans-unit>\n"
      "<x:trans-unit id=\"4\"><x:source>Four<x:oops/></x:source><x:target>Cztery</x:target></x:trans-unit>\n"
      "</x:body></x:file></x:xliff>\n";
  return {
      {"tmx", Format::kTmx,
       "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header srclang=\"fr\" "
       "o-tmf=\"x\"><note>n</note></header><body>\n"
       "<tu tuid=\"a\"><tuv xml:lang=\"fr\"><seg>Un</seg></tuv><tuv xml:lang=\"en\"><seg>One</seg></tuv></tu>\n"
       "<tu tuid=\"c\"><tuv xml:lang=\"fr\"><seg>Trois</seg></tuv>\n"
       "<tu tuid=\"b\"><tuv xml:lang=\"fr\"><seg>R & B</seg></tuv><tuv xml:lang=\"en\"><seg>Two</seg></tuv></tu>\n"
       "<tu tuid=\"d\"><tuv xml:lang=\"fr\"><seg>Quatre</seg></tuv><tuv xml:lang=\"en\"><seg>Four</seg></tuv></tu>\n"
       "</body></tmx>\n",
       2, 2},
      {"xliff 1.2", Format::kXliff12, xliff12, 2, 2},
      {"xliff 2", Format::kXliff2,
       "<xliff xmlns=\"urn:oasis:names:tc:xliff:document:2.0\" version=\"2.0\" srcLang=\"en\" trgLang=\"sv\">\n"
       "<file id=\"f\" original=\"a\"><unit id=\"1\" name=\"k\"><segment><source>One</source><target>Ett</target>"
       "</segment><segment><source>Two</source><target>Två</target></segment></unit>\n"
       "<unit id=\"2\"><segment><target>no source</target></segment></unit></file>\n"
       "<file id=\"g\" original=\"b\"><unit id=\"3\"><segment><source>Three</source><target>Tre</target></segment>"
       "</unit></file></xliff>\n",
       3, 1},
      {"po", Format::kPo,
       "# head\nmsgid \"\"\nmsgstr \"\"\n\"Language: pt_BR\\n\"\n\"Content-Type: text/plain; "
       "charset=ISO-8859-1\\n\"\n\n"
       "#: a.c:1\nmsgid \"One\"\nmsgstr \"Um \xE3\"\n\n"
       "# for you\nmsgctxt \"menu\"\nmsgid \"Two\nmsgstr \"Dois\"\n\n"
       "msgid \"%d file\"\nmsgid_plural \"%d files\"\nmsgstr[0] \"%d arquivo\"\nmsgstr[1] \"%d arquivos\"\n",
       3, 1},
      {"tsv", Format::kTsv, "target\tsource\tkey\nEins\tOne\ta\n\tTwo\tb\nDrei\nVier\tFour\\n\tc\n", 2, 2},
      {"tsv without header", Format::kTsv, "en\tde\tOne\tEins\t\nen\tde\tTwo\t\t\n", 1, 1},
      {"csv", Format::kCsv,
       "source;target\r\n\"One; \"\"1\"\"\";\"Ei\nns\"\r\n\"Two\"x;Zwei\r\nThree;\r\nFour;Vier\r\n", 2, 2},
      {"jsonl", Format::kJsonl,
       "{\"variants\":[{\"locale\":\"en\",\"text\":\"One\"}]}\n{\"variants\":[{\"locale\":\"en\",\"txt\":\"Two\"}]}\n"
       "not JSON\n",
       1, 2},
      {"text", Format::kText, "One\tEins\nTwo Zwei\n\xFF\tDrei\nFour\tVier\n", 2, 2},
  };
}

TEST(RawUnitsTest, UnitsInTheirFramesAreTheFileAgain) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.name);
    RawSink first;
    Read(c.format, c.file, &first);
    EXPECT_EQ(first.collected.units.size(), c.good);
    EXPECT_EQ(first.collected.refusals.size(), c.bad);
    // Neighbours depend on what stands between, so units are compared without contexts that the order makes.
    RawSink second;
    Read(c.format, FileOf(first.of_units), &second);
    ASSERT_EQ(second.collected.units.size(), c.good);
    EXPECT_TRUE(second.collected.refusals.empty());
    for (size_t i = 0; i < c.good; ++i) {
      EXPECT_EQ(second.collected.units[i].second.variants, first.collected.units[i].second.variants);
      EXPECT_EQ(second.collected.units[i].second.source_locale, first.collected.units[i].second.source_locale);
      EXPECT_EQ(second.collected.units[i].second.attributes, first.collected.units[i].second.attributes);
    }
    RawSink third;
    Read(c.format, FileOf(RawOf(first.collected.refusals)), &third);
    EXPECT_TRUE(third.collected.units.empty());
    ASSERT_EQ(third.collected.refusals.size(), c.bad);
    for (size_t i = 0; i < c.bad; ++i) {
      EXPECT_EQ(ReasonStart(third.collected.refusals[i]), ReasonStart(first.collected.refusals[i]));
    }
  }
}

TEST(RawUnitsTest, RefusedBytesAreThoseOfTheFile) {
  RawSink sink;
  Read(Format::kTmx, Cases()[0].file, &sink);
  ASSERT_EQ(sink.collected.refusals.size(), 2u);
  EXPECT_EQ(sink.collected.refusals[1].raw->bytes,
            "<tu tuid=\"b\"><tuv xml:lang=\"fr\"><seg>R & B</seg></tuv><tuv xml:lang=\"en\"><seg>Two</seg></tuv></tu>");
  EXPECT_EQ(sink.collected.refusals[0].raw->bytes, "<tu tuid=\"c\"><tuv xml:lang=\"fr\"><seg>Trois</seg></tuv>\n");
  EXPECT_THAT(sink.collected.refusals[0].raw->frame->head, HasSubstr("<header srclang=\"fr\" o-tmf=\"x\"/>"));
}

TEST(RawUnitsTest, NothingIsKeptUnlessAsked) {
  for (const Case& c : Cases()) {
    CollectSink sink;
    auto reader = NewUnitReader(c.format, {.source_locale = "en", .target_locale = "de"}, &sink);
    ASSERT_TRUE((*reader)->Feed(c.file).ok());
    for (const Refusal& refusal : sink.collected.refusals) EXPECT_EQ(refusal.raw, nullptr);
  }
}

TEST(RawUnitsTest, OurRemarksAreNoNotes) {
  RawSink sink;
  Read(Format::kPo, "# reprise: refused: line 7: bad\n# kept\nmsgid \"a\"\nmsgstr \"b\"\n", &sink);
  ASSERT_EQ(sink.collected.units.size(), 1u);
  EXPECT_EQ(sink.collected.units[0].second.note, "kept");
}

TEST(WarningsTest, BadDatesAreToldAndTheUnitIsTaken) {
  RawSink tmx;
  Read(Format::kTmx,
       "<tmx version=\"1.4\"><header srclang=\"en\"/><body>\n"
       "<tu creationdate=\"yesterday\" usagecount=\"many\"><tuv xml:lang=\"en\" changedate=\"20240230T000000Z\"><seg>a"
       "</seg></tuv></tu>\n<tu creationdate=\"20240131T235959Z\"><tuv xml:lang=\"en\"><seg>b</seg></tuv></tu>\n"
       "</body></tmx>",
       &tmx);
  EXPECT_EQ(tmx.collected.units.size(), 2u);
  EXPECT_THAT(tmx.warnings, ElementsAre(HasSubstr("creationdate \"yesterday\" is no date"), HasSubstr("usagecount"),
                                        HasSubstr("changedate \"20240230T000000Z\"")));
  EXPECT_THAT(tmx.warning_lines, ElementsAre(2u, 2u, 2u));
  RawSink jsonl;
  Read(Format::kJsonl,
       "\n{\"variants\":[{\"locale\":\"en\",\"text\":\"a\",\"created_us\":\"today\",\"changed_us\":7}]}\n", &jsonl);
  ASSERT_EQ(jsonl.collected.units.size(), 1u);
  EXPECT_EQ(jsonl.collected.units[0].second.variants[0].created_us, 0);
  EXPECT_EQ(jsonl.collected.units[0].second.variants[0].changed_us, 7);
  EXPECT_THAT(jsonl.warnings, ElementsAre(HasSubstr("variants[0].created_us is no time")));
  RawSink xliff;
  Read(Format::kXliff12,
       "<xliff version=\"1.2\" xmlns:reprise=\"urn:reprise:xliff:1\"><file original=\"o\" source-language=\"en\" "
       "target-language=\"de\"><body><trans-unit id=\"1\"><source>a</source><target>b</target>"
       "<reprise:prop name=\"contexts\">0</reprise:prop><reprise:prop name=\"target.created-us\">noon</reprise:prop>"
       "</trans-unit></body></file></xliff>",
       &xliff);
  EXPECT_EQ(xliff.collected.units.size(), 1u);
  EXPECT_THAT(xliff.warnings, ElementsAre(HasSubstr("created-us is no time")));
}

}  // namespace
}  // namespace reprise
