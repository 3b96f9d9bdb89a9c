#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

constexpr char kHead[] = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header creationtool="x" creationtoolversion="1" segtype="sentence" o-tmf="x" adminlang="en" srclang="EN_us" datatype="xml"/>
<body>
)";
constexpr char kTail[] = "</body>\n</tmx>\n";

std::string File(std::string_view units) { return std::string(kHead) + std::string(units) + kTail; }

// One unit of two languages on one line.
std::string Pair(std::string_view en, std::string_view de, std::string_view attributes = "") {
  return "<tu" + std::string(attributes) + "><tuv xml:lang=\"en\"><seg>" + std::string(en) +
         "</seg></tuv><tuv xml:lang=\"de\"><seg>" + std::string(de) + "</seg></tuv></tu>\n";
}

Collected Read(std::string_view input) { return ReadAll(Format::kTmx, {}, input); }

std::string ToUtf16(const std::u16string& text, bool little) {
  std::string bytes;
  for (const char16_t c : text) {
    const char low = static_cast<char>(c & 0xFF), high = static_cast<char>(c >> 8);
    bytes += little ? low : high;
    bytes += little ? high : low;
  }
  return bytes;
}

TEST(TmxReader, ReadsUnitsWithLines) {
  const Collected c = Read(File(Pair("Hello &amp; bye", "Hallo &lt;x&gt;") + "\n" + Pair("Two", "Zwei")));
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 2u);
  EXPECT_EQ(c.units[0].first, 6u);
  EXPECT_EQ(c.units[1].first, 8u);
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.source_locale, "en-US");
  ASSERT_EQ(unit.variants.size(), 2u);
  EXPECT_EQ(unit.variants[0].locale, "en");
  EXPECT_EQ(unit.variants[0].content.text, "Hello & bye");
  EXPECT_EQ(unit.variants[1].content.text, "Hallo <x>");
}

TEST(TmxReader, MapsAttributesNotesAndProps) {
  const Collected c = Read(File(R"(<tu tuid="t1" srclang="de" creationdate="20240131T235959Z" creationid="ann"
 usagecount="3" o-tmf="zz" datatype="html"><note>unit</note><prop type="client">A</prop><prop type="client">B</prop>
<tuv lang="zh_CN" changedate="20240201T000000Z" changeid="bob" lastusagedate="nonsense" creationid="eve"><note>n1</note>
<prop type="p">q</prop><seg>你好</seg></tuv></tu>
)"));
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 1u) << c.refusals[0].reason;
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.client_key, "");
  EXPECT_EQ(unit.source_locale, "de");
  EXPECT_EQ(unit.note, "unit");
  EXPECT_EQ(unit.attributes,
            (Attributes{{"tuid", {"t1"}}, {"o-tmf", {"zz"}}, {"datatype", {"html"}}, {"prop:client", {"A", "B"}}}));
  const Variant& v = unit.variants[0];
  EXPECT_EQ(v.locale, "zh-CN");
  EXPECT_EQ(v.created_us, 1706745599000000);  // inherited
  EXPECT_EQ(v.changed_us, 1706745600000000);
  EXPECT_EQ(v.created_by, "eve");
  EXPECT_EQ(v.changed_by, "bob");
  EXPECT_EQ(v.usage_count, 3u);
  EXPECT_EQ(v.note, "n1");
  EXPECT_EQ(v.attributes, (Attributes{{"prop:p", {"q"}}, {"lastusagedate", {"nonsense"}}}));
}

TEST(TmxReader, ReadsInlineCodes) {
  const Collected c = Read(File(Pair(
      R"(é<bpt i="1" type="bold">&lt;b&gt;</bpt>bold<ept i="1">&lt;/b&gt;</ept> <ph type="img">&lt;img alt="<sub type="alt">a tree</sub>"/&gt;</ph>)"
      R"(<it pos="begin">&lt;i&gt;</it><hi type="term">key</hi><ut>{u}</ut>)",
      "x")));
  ASSERT_EQ(c.units.size(), 1u) << c.refusals[0].reason;
  const Content& content = c.units[0].second.variants[0].content;
  EXPECT_EQ(content.text, "ébold key");
  using Kind = Code::Kind;
  const std::vector<Code> expected = {
      {1, Kind::kOpen, 1, "<b>", "", "bold"},
      {5, Kind::kClose, 1, "</b>", "", ""},
      {6, Kind::kStandalone, 0, "<img alt=\"<sub type=\"alt\">a tree</sub>\"/>", "", "img"},
      {6, Kind::kOpen, 0, "<i>", "", ""},
      {6, Kind::kOpen, 2, "<hi type=\"term\">", "", "term"},
      {9, Kind::kClose, 2, "</hi>", "", ""},
      {9, Kind::kStandalone, 0, "{u}", "", ""},
  };
  ASSERT_EQ(content.codes.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(content.codes[i] == expected[i])
        << i << ": " << content.codes[i].data << " type " << content.codes[i].type << " pair "
        << content.codes[i].pair_id << " at " << content.codes[i].position;
  }
}

TEST(TmxReader, Utf16IsReadInBothByteOrders) {
  const std::u16string text =
      u"<?xml version=\"1.0\" encoding=\"UTF-16\"?><tmx version=\"1.4\"><header srclang=\"*all*\"/><body>"
      u"<tu><tuv xml:lang=\"ja\"><seg>\u65E9\U0001F600</seg></tuv></tu></body></tmx>";
  for (const bool little : {true, false}) {
    for (const bool mark : {true, false}) {
      const Collected c = Read(ToUtf16(mark ? u"\uFEFF" + text : text, little));
      ASSERT_TRUE(c.status.ok()) << c.status;
      ASSERT_EQ(c.units.size(), 1u);
      EXPECT_EQ(c.units[0].second.variants[0].content.text, "早😀");
      EXPECT_EQ(c.units[0].second.source_locale, "");
    }
  }
}

TEST(TmxReader, HalfASurrogatePairCostsOneUnit) {
  std::u16string text =
      u"\uFEFF<tmx><header/><body><tu><tuv xml:lang=\"ja\"><seg>a?b</seg></tuv></tu>"
      u"<tu><tuv xml:lang=\"ja\"><seg>ok</seg></tuv></tu></body></tmx>";
  text[text.find(u'?')] = 0xD800;
  const Collected c = Read(ToUtf16(text, true));
  EXPECT_TRUE(c.status.ok()) << c.status;
  EXPECT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.refusals.size(), 1u);
}

TEST(TmxReader, OneBrokenUnitIsRefusedByLineAndTheRestGoesOn) {
  const struct {
    const char* unit;
    const char* reason;
  } kCases[] = {
      {"a&#x1F;b", "not well-formed"},
      {"a & b", "not well-formed"},
      {"a \xFF\xFE b", "not well-formed"},
      {"a \xC3 b", "not well-formed"},
      {"a &nbsp; b", "undefined entity"},
      {"a </b> c", "mismatched tag"},
      {"a < b", "not well-formed"},
      {"a <ph x=\"1>b</ph>", "not well-formed"},
      {"a <b>bold</b>", "<b> cannot stand in <seg>"},
      {"a <bpt i=\"1\">x</bpt>", "has no <ept>"},
      {"a <ept i=\"1\">x</ept>", "has no <bpt>"},
      {"a <bpt i=\"1\">x</bpt><bpt i=\"1\">x</bpt>", "two <bpt>"},
      {"a <it>x</it>", "pos"},
      {"", "is empty"},
      {"x</seg><seg>y", "two <seg>"},
      {"x</seg></tuv><tuv xml:lang=\"english\"><seg>y", ""},
      {"x</seg></tuv><tuv><seg>y", "has no xml:lang"},
      {"x</seg></tuv></tuw><tuv xml:lang=\"en\"><seg>y", "mismatched tag"},
      {"x</seg></tuv>text<tuv xml:lang=\"en\"><seg>y", "directly in <tu>"},
      {"<![CDATA[ </tu> <tu> ]]> & <!-- </tu> -->", "not well-formed"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.unit);
    const Collected c =
        Read(File(Pair("One", "Eins") + Pair(test.unit, "Zwei", " tuid=\"u2\"") + Pair("Three", "Drei")));
    EXPECT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.units.size(), 2u);
    EXPECT_EQ(c.units[1].second.variants[1].content.text, "Drei");
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_EQ(c.refusals[0].line, 7u);
    EXPECT_EQ(c.refusals[0].unit, "u2");
    EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
    EXPECT_EQ(c.lines, (std::vector<uint64_t>{6, 7, 8}));
  }
}

TEST(TmxReader, LostUnitTagsAreContained) {
  const std::string one = Pair("One", "Eins"), three = Pair("Three", "Drei");
  const struct {
    std::string unit;
    const char* reason;
  } kCases[] = {
      {"<tu tuid=\"u2\"><tuv xml:lang=\"en\"><seg>x</seg></tuv>\n", "</tu> is missing"},
      {"<tuvxml:lang=\"en\"><seg>x</seg></tuv></tu>\n", "outside of any unit"},
      {"stray text\n", "outside of any unit"},
      {"</tu>\n", "outside of any unit"},
      {"<tu/>\n", "no <tuv>"},
      {"<tu tuid=\"a><tuv xml:lang=\"en\"><seg>x</seg></tuv></tu>\n", "not well-formed"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.unit);
    const Collected c = Read(File(one + test.unit + three));
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 2u);
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_EQ(c.refusals[0].line, 7u);
    EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
  }
}

TEST(TmxReader, UnitsInCommentsAndCdataAreNone) {
  const Collected c = Read(File("<!-- " + Pair("a", "b") + " -->" + Pair("x<![CDATA[</seg></tuv></tu><tu>]]>", "y") +
                                Pair("x<!-- <tu> -- > </tu>-->z", "y")));
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "x</seg></tuv></tu><tu>");
  ASSERT_EQ(c.refusals.size(), 1u);  // "--" within a comment is ill-formed XML
}

TEST(TmxReader, AnOverlongUnitIsSkippedToItsEnd) {
  const std::string long_text(kMaxTokenBytes + 100, 'x');
  const std::string attribute = " tuid=\"u2\" o-tmf=\"" + long_text + "\"";
  const std::string half(kMaxTokenBytes / 2, 'x');
  const std::string cases[] = {
      Pair(long_text, "b", " tuid=\"u2\""),
      Pair("<ph x=\"" + long_text + "\">a</ph>", "b", " tuid=\"u2\""),
      Pair("a", "b", attribute),
      Pair("a<!-- " + long_text, "b", " tuid=\"u2\""),  // a comment without an end
      Pair(half, half + half, " tuid=\"u2\""),
  };
  for (const std::string& unit : cases) {
    const Collected c = Read(File(Pair("One", "Eins") + unit + Pair("Three", "Drei")));
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 2u);
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_EQ(c.refusals[0].line, 7u);
    EXPECT_EQ(c.refusals[0].unit, "u2");
    EXPECT_THAT(c.refusals[0].reason, HasSubstr("longer than"));
  }
}

TEST(TmxReader, ATruncatedFileGivesItsUnitsAndAnError) {
  const std::string file = File(Pair("One", "Eins") + Pair("Two", "Zwei", " tuid=\"u2\"") + Pair("Three", "Drei"));
  const Collected c = Read(file.substr(0, file.find("Zwei")));
  EXPECT_EQ(c.units.size(), 1u);
  ASSERT_EQ(c.refusals.size(), 1u);
  EXPECT_EQ(c.refusals[0].line, 7u);
  EXPECT_EQ(c.refusals[0].unit, "u2");
  EXPECT_EQ(c.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(c.status), HasSubstr("line 7"));
  EXPECT_THAT(MessageOf(c.status), HasSubstr("cut off"));
  const Collected between = Read(file.substr(0, file.find("</body>")));
  EXPECT_EQ(between.units.size(), 3u);
  EXPECT_THAT(MessageOf(between.status), HasSubstr("line 9"));
}

TEST(TmxReader, EntityDeclarationsAreRefusedWithTheirLine) {
  const std::string bomb =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE tmx [\n <!ENTITY a \"ha\">\n <!ENTITY b \"&a;&a;&a;\">\n]>\n<tmx>" +
      std::string("<header/><body>") + Pair("&b;", "x") + kTail;
  const Collected c = Read(bomb);
  EXPECT_EQ(c.units.size(), 0u);
  EXPECT_EQ(c.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(MessageOf(c.status), HasSubstr("line 2"));
  EXPECT_THAT(MessageOf(c.status), HasSubstr("entity \"a\""));
  const Collected parameter = Read("<!DOCTYPE tmx [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><tmx></tmx>");
  EXPECT_EQ(parameter.status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(TmxReader, HarmlessDoctypesAreAccepted) {
  for (const char* doctype :
       {"<!DOCTYPE tmx PUBLIC \"-//LISA OSCAR:1998//DTD for Translation Memory eXchange//EN\" \"tmx14.dtd\" >",
        "<!DOCTYPE tmx [ <!-- it's <!ENTITY x \"]>\"> --> <!ELEMENT tmx ANY> <!ENTITY lt \"&#38;#60;\" > ]>"}) {
    const Collected c = Read(std::string(doctype) + "<tmx><header/><body>" + Pair("a", "b") + kTail);
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 1u);
  }
}

TEST(TmxReader, WhatIsNoTmxIsRefusedAsAWhole) {
  for (const char* input : {"", "hello", "<html><body/></html>", "<tu></tu>", "{\"a\": 1}", "<![CDATA[x]]><tmx/>",
                            "<?xml version=\"1.0\" encoding=\"windows-1252\"?><tmx></tmx>"}) {
    EXPECT_EQ(Read(input).status.code(), absl::StatusCode::kInvalidArgument) << input;
  }
  EXPECT_THAT(MessageOf(Read("<html/>").status), HasSubstr("<html>"));
}

TEST(TmxReader, ABrokenHeaderIsRefusedAndTheUnitsAreRead) {
  const Collected c = Read("<tmx><header srclang=\"en\" bad&attr=\"1\"/><body>" + Pair("a", "b") + kTail);
  EXPECT_TRUE(c.status.ok()) << c.status;
  EXPECT_EQ(c.units.size(), 1u);
  ASSERT_EQ(c.refusals.size(), 1u);
  EXPECT_THAT(c.refusals[0].reason, HasSubstr("<header>"));
}

TEST(TmxReader, TimeIsLinearInHostileTokens) {
  // Each of these is quadratic in a parser that looks again at what it holds: 24 MiB would take minutes.
  const std::string filler(24 << 20, 'x');
  for (const char* start : {"<tu tuid=\"", "<!-- ", "<tu><![CDATA[", "<tu><seg>", "<?x ", "<"}) {
    const auto begin = std::chrono::steady_clock::now();
    const Collected c = ReadInChunks(Format::kTmx, {}, std::string(kHead) + start + filler, 4096);
    EXPECT_FALSE(c.status.ok());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20)) << start;
  }
}

TEST(TmxReader, DeepNestingAndManyAttributesAreHarmless) {
  std::string deep;
  for (int i = 0; i < 30000; ++i) deep += "<hi>";
  for (int i = 0; i < 30000; ++i) deep += "</hi>";
  std::string many = "<ph ";
  for (int i = 0; i < 50000; ++i) many += "a" + std::to_string(i) + "=\"1\" ";
  const Collected c = ReadInChunks(Format::kTmx, {}, File(Pair(deep, "x") + Pair(many + ">y</ph>", "x")), 1 << 16);
  EXPECT_EQ(c.total(), 2u);
}

TEST(TmxReader, ASinkThatFailsStopsTheReader) {
  class Failing : public CollectSink {
   public:
    absl::Status OnUnit(Unit, uint64_t) override { return Aborted("full"); }
  } sink;
  auto reader = NewUnitReader(Format::kTmx, {}, &sink);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ((*reader)->Feed(File(Pair("a", "b"))).code(), absl::StatusCode::kAborted);
  EXPECT_EQ((*reader)->Feed("x").code(), absl::StatusCode::kAborted);
  EXPECT_EQ((*reader)->Finish().code(), absl::StatusCode::kAborted);
}

TEST(TmxReader, DatesOfIso8601AreReadAndOthersKept) {
  const struct {
    const char* date;
    int64_t us;
  } kCases[] = {{"20240131T235959Z", 1706745599000000},
                {"20240131T235959", 1706745599000000},
                {"2024-01-31T23:59:59Z", 1706745599000000},
                {"2024-01-31T23:59:59.25Z", 1706745599250000},
                {"2024-02-01T00:59:59+01:00", 1706745599000000},
                {"2024-01-31 23:59", 1706745540000000},
                {"20240131", 1706659200000000},
                {"2024-01-31", 1706659200000000},
                {"2024-02-30", 0},
                {"2024-01-31T25:00:00Z", 0},
                {"31.01.2024", 0},
                {"20240131T235959Zx", 0},
                {"19700101T000000Z", 0},
                {"", 0}};
  for (const auto& test : kCases) {
    const Collected c = Read(File(Pair("a", "b", " creationdate=\"" + std::string(test.date) + "\"")));
    ASSERT_EQ(c.units.size(), 1u);
    const Unit& unit = c.units[0].second;
    EXPECT_EQ(unit.variants[0].created_us, test.us) << test.date;
    EXPECT_EQ(unit.attributes.count("creationdate"), test.us == 0 ? 1u : 0u) << test.date;
  }
}

TEST(TmxReader, LanguagesAreReadByTheAliasTable) {
  const struct {
    const char *written, *read;
  } kCases[] = {{"EN_us", "en-US"}, {"iw", "he"},       {"in", "id"},           {"ji", "yi"},
                {"no-NO", "no-NO"}, {"zh_TW", "zh-TW"}, {"ZH-hant", "zh-Hant"}, {"x-klingon", "x-klingon"},
                {"sh", "sr-Latn"}};
  for (const auto& test : kCases) {
    for (const char* attribute : {"xml:lang", "lang"}) {
      const Collected c =
          Read(File("<tu><tuv " + std::string(attribute) + "=\"" + test.written + "\"><seg>a</seg></tuv></tu>"));
      ASSERT_EQ(c.units.size(), 1u) << test.written << c.refusals[0].reason;
      EXPECT_EQ(c.units[0].second.variants[0].locale, test.read);
    }
  }
}

// The contexts that tools write, in files made by hand in their shape.
std::string ReadSample(const std::string& name) {
  std::ifstream in(std::string(REPRISE_SOURCE_DIR) + "/tests/formats/data/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

TEST(TmxReader, AnEmptyNeighbourOfOmegatIsTheEdgeOfTheFile) {
  std::string sample = ReadSample("omegat.tmx");
  const std::string before = "<prop type=\"prev\">Before &lt;a&gt; | b.</prop>";
  ASSERT_NE(sample.find(before), std::string::npos);
  sample.replace(sample.find(before), before.size(), "<prop type=\"prev\"></prop>");
  const Collected c = Read(sample);
  ASSERT_EQ(c.units.size(), 1u);
  const Context& context = c.units[0].second.contexts.at(0);
  EXPECT_EQ(context.previous.at("en-US").state, Neighbour::State::kEdge);
  EXPECT_EQ(context.next.at("en-US").text, "After.");
  // Another tool's empty property says nothing.
  sample = ReadSample("memoq.tmx");
  for (size_t at = sample.find("x-context-pre\">"); at != std::string::npos; at = sample.find("x-context-pre\">", at)) {
    at = sample.find('>', at) + 1;
    sample.erase(at, sample.find("</prop>", at) - at);
  }
  const Collected other = Read(sample);
  ASSERT_EQ(other.units.size(), 1u);
  EXPECT_TRUE(other.units[0].second.contexts.at(0).previous.empty());
}

TEST(TmxReader, ContextsOfOtherTools) {
  for (const char* name : {"memoq.tmx", "trados.tmx", "omegat.tmx", "phrase.tmx", "xtm.tmx"}) {
    SCOPED_TRACE(name);
    const Collected c = Read(ReadSample(name));
    ASSERT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.units.size(), 1u) << c.refusals[0].reason;
    const Unit& unit = c.units[0].second;
    const std::string_view tool(name, std::string_view(name).find('.'));
    ASSERT_EQ(unit.contexts.size(), tool == "trados" ? 2u : 1u);
    const Context& context = unit.contexts[0];
    EXPECT_EQ(context.previous.at("en-US").text, "Before <a> | b.");
    if (tool != "trados") {
      EXPECT_EQ(context.next.at("en-US").text, "After.");
    }
    if (tool == "memoq" || tool == "phrase") {
      EXPECT_EQ(context.previous.at("de-DE").text, "Davor.");
    }
    for (const auto& [key, values] : unit.attributes) EXPECT_EQ(key, "prop:x-Project:SingleString");
    if (tool == "omegat") {
      EXPECT_EQ(context.document, "a.txt");
      EXPECT_EQ(context.key, "id1");
    }
    if (tool != "trados") continue;
    EXPECT_EQ(context.previous.at("de-DE").text, "Davor.");
    EXPECT_EQ(context.key, "id1");
    EXPECT_EQ(unit.contexts[1].previous.at("en-US").text, "Elsewhere.");
    EXPECT_EQ(unit.variants[1].origin, Origin::kMachine);
    EXPECT_EQ(unit.variants[1].status, VariantStatus::kReviewed);
    EXPECT_EQ(unit.variants[0].status, VariantStatus::kUnspecified);
    EXPECT_EQ(unit.attributes.at("prop:x-Project:SingleString"), (std::vector<std::string>{"News"}));
  }
}

}  // namespace
}  // namespace reprise
