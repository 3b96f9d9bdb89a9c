#include <gmock/gmock.h>

#include "engine/translation_memory.h"
#include "formats/neighbour_chain.h"
#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

constexpr char kHead[] = R"(# A catalogue.
msgid ""
msgstr ""
"Language: de_AT\n"
"Content-Type: text/plain; charset=UTF-8\n"

)";

Collected Read(std::string_view input, const ReadOptions& options = {}) { return ReadAll(Format::kPo, options, input); }

Collected ReadBody(std::string_view body) { return Read(kHead + std::string(body), {.document = "app.po"}); }

TEST(PoReader, AMessageIsAUnit) {
  const Collected c = ReadBody(R"(# Translator's note
#  two
#. Extracted
#: src/main.c:12 src/other.c:3
#, c-format, no-wrap
msgctxt "menu"
msgid "Open %s\t\"now\"\n"
msgstr ""
"Öffne %s\t\"jetzt\""
"\n\\\101\x42"
)");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 1u) << c.refusals[0].reason;
  EXPECT_EQ(c.units[0].first, 7u);
  const Unit& unit = c.units[0].second;
  EXPECT_EQ(unit.source_locale, "en");
  ASSERT_EQ(unit.variants.size(), 2u);
  EXPECT_EQ(unit.variants[0].locale, "en");
  EXPECT_EQ(unit.variants[0].content.text, "Open %s\t\"now\"\n");
  EXPECT_EQ(unit.variants[1].locale, "de-AT");
  EXPECT_EQ(unit.variants[1].content.text, "Öffne %s\t\"jetzt\"\n\\AB");
  EXPECT_EQ(unit.variants[1].status, VariantStatus::kTranslated);
  EXPECT_EQ(unit.note, "Translator's note\ntwo");
  EXPECT_EQ(unit.attributes, (Attributes{{"po:extracted", {"Extracted"}},
                                         {"po:references", {"src/main.c:12", "src/other.c:3"}},
                                         {"po:flags", {"c-format", "no-wrap"}}}));
  ASSERT_EQ(unit.contexts.size(), 1u);
  EXPECT_EQ(unit.contexts[0].document, "src/main.c");
  EXPECT_EQ(unit.contexts[0].key, "menu");
  EXPECT_EQ(unit.contexts[0].previous.at("en").state, Neighbour::State::kEdge);
  EXPECT_EQ(unit.contexts[0].next.at("en").state, Neighbour::State::kEdge);
}

TEST(PoReader, NeighboursAreTheMessagesBesideIt) {
  const Collected c = ReadBody(
      "msgid \"A\"\nmsgstr \"a\"\n\nmsgid \"B\"\nmsgstr \"\"\n\nmsgid \"C\"\nmsgstr \"c\"\n\nmsgid \"D\"\nmsgstr "
      "\"d\"\n\n"
      "#, fuzzy\nmsgid \"E\"\nmsgstr \"e\"\n\nmsgid \"F\"\nmsgstr \"f\"\n");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 4u);
  ASSERT_EQ(c.refusals.size(), 1u);
  const auto side = [&c](size_t i) { return c.units[i].second.contexts[0]; };
  EXPECT_EQ(side(0).document, "app.po");
  EXPECT_EQ(side(0).next.at("en").text, "B");
  EXPECT_EQ(side(0).next.count("de-AT"), 0u);  // untranslated: unknown in German
  EXPECT_EQ(side(1).previous.at("en").text, "B");
  EXPECT_EQ(side(1).next.at("en").text, "D");
  EXPECT_EQ(side(1).next.at("de-AT").text, "d");
  EXPECT_EQ(side(2).next.at("en").text, "E");  // refused, but its text is known
  EXPECT_EQ(side(3).previous.at("en").text, "E");
  EXPECT_EQ(side(3).next.at("en").state, Neighbour::State::kEdge);
}

TEST(PoReader, ATextThatIsTooLongForAMemoryDoesNotCostItsNeighbours) {
  static_assert(kMaxNeighbourBytes == kMaxTextBytes);
  const auto file = [](size_t bytes) {
    return "msgid \"A\"\nmsgstr \"a\"\n\nmsgid \"" + std::string(bytes, 'x') +
           "\"\nmsgstr \"b\"\n\nmsgid \"C\"\nmsgstr \"c\"\n";
  };
  for (const size_t bytes : {kMaxTextBytes, kMaxTextBytes + 1}) {
    const Collected c = ReadBody(file(bytes));
    ASSERT_EQ(c.units.size(), 3u);
    const Context &first = c.units[0].second.contexts[0], &last = c.units[2].second.contexts[0];
    EXPECT_EQ(first.next.count("en"), bytes <= kMaxTextBytes ? 1u : 0u);
    EXPECT_EQ(last.previous.count("en"), bytes <= kMaxTextBytes ? 1u : 0u);
    EXPECT_EQ(first.next.at("de-AT").text, "b");
    EXPECT_EQ(last.previous.at("de-AT").text, "b");
    EXPECT_EQ(last.next.at("en").state, Neighbour::State::kEdge);
  }
}

TEST(PoReader, PluralFormsAreUnitsOfOneGroup) {
  const Collected c = ReadBody(R"(msgctxt "k"
msgid "%d file"
msgid_plural "%d files"
msgstr[0] "%d Datei"
msgstr[1] "%d Dateien"
msgstr[2] "%d Dateien"

msgid "%d dir"
msgid_plural "%d dirs"
msgstr[0] "x"
msgstr[1] ""
)");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 3u);
  const Unit &one = c.units[0].second, &many = c.units[1].second, &other = c.units[2].second;
  EXPECT_EQ(one.variants[0].content.text, "%d file");
  EXPECT_EQ(one.attributes, (Attributes{{"po:plural-index", {"0"}}, {"po:msgid-plural", {"%d files"}}}));
  EXPECT_EQ(many.variants[0].content.text, "%d files");
  EXPECT_EQ(many.variants[1].content.text, "%d Dateien");
  EXPECT_EQ(many.attributes, (Attributes{{"po:plural-index", {"1", "2"}}, {"po:msgid", {"%d file"}}}));
  EXPECT_NE(one.group, "");
  EXPECT_EQ(one.group, many.group);
  EXPECT_NE(one.group, other.group);
  EXPECT_EQ(many.contexts[0].next.at("en").text, "%d dir");
}

TEST(PoReader, FuzzyIsStoredForTheTextItWasMadeFor) {
  const Collected c = ReadBody(R"(#, fuzzy, c-format
#| msgctxt "old"
#| msgid ""
#| "Close "
#| "file"
msgctxt "new"
msgid "Close the file"
msgstr "Datei schließen"

#, fuzzy
msgid "No previous"
msgstr "x"

#~ msgid "Gone"
#~ msgstr "Weg"
)");
  ASSERT_TRUE(c.status.ok()) << c.status;
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[0].content.text, "Close file");
  EXPECT_EQ(c.units[0].second.contexts[0].key, "old");
  ASSERT_EQ(c.refusals.size(), 1u);
  EXPECT_EQ(c.refusals[0].line, 16u);
  EXPECT_EQ(c.refusals[0].unit, "No previous");
  EXPECT_THAT(c.refusals[0].reason, HasSubstr("fuzzy"));
}

TEST(PoReader, ABrokenEntryIsRefusedByLineAndTheRestGoesOn) {
  const struct {
    const char* entry;
    const char* reason;
  } kCases[] = {
      {"msgid \"two\nmsgstr \"zwei\"\n", "no closing quote"},
      {"msgid two\nmsgstr \"zwei\"\n", "string is missing"},
      {"msgid \"two\" x\nmsgstr \"zwei\"\n", "follows a string"},
      {"msgid \"t\\qwo\"\nmsgstr \"zwei\"\n", "escape"},
      {"msgid \"two\\\"\nmsgstr \"zwei\"\n", "no closing quote"},
      {"msgid \"two\"\n", "msgstr is missing"},
      {"msgstr \"zwei\"\n", "before msgid"},
      {"\"zwei\"\n", "no keyword"},
      {"msgid \"two\"\nmsgstr \"zwei\"\nmsgstr \"drei\"\n", "two msgstr"},
      {"msgid \"two\"\nmsgstr[0] \"zwei\"\n", "msgid_plural"},
      {"msgid \"two\"\nmsgid_plural \"x\"\nmsgstr \"zwei\"\n", "msgid_plural"},
      {"msgid \"two\"\nmsgid_plural \"x\"\nmsgstr[9999] \"zwei\"\n", "msgstr[N]"},
      {"msgid \"two\"\nmsgid_plural \"x\"\nmsgstr[0] \"zwei\"\nmsgstr[0] \"x\"\n", "two msgstr[0]"},
      {"msgfoo \"two\"\n", "neither a comment"},
      {"msgid \"two\"\nmsgstr \"zw\xFF\"\n", "not UTF-8"},
      {"msgid \"two\"\nmsgstr \"zw\\377\"\n", "not UTF-8"},
      {"#, fuzzy\n#| nonsense\nmsgid \"two\"\nmsgstr \"zwei\"\n", "after #|"},
      {"msgctxt \"c\"\nmsgid \"\"\nmsgstr \"zwei\"\n", "msgid is empty or holds white space"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.entry);
    const Collected c = ReadBody("msgid \"one\"\nmsgstr \"eins\"\n\n" + std::string(test.entry) +
                                 "\nmsgid \"three\"\nmsgstr \"drei\"\n");
    EXPECT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.units.size(), 2u);
    EXPECT_EQ(c.units[1].second.variants[1].content.text, "drei");
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_EQ(c.refusals[0].line, 10u);
    EXPECT_THAT(c.refusals[0].reason, HasSubstr(test.reason));
  }
}

TEST(PoReader, EntriesNeedNoBlankLinesAndMayHaveSome) {
  const Collected c = ReadBody(
      "msgid \"a\"\nmsgstr \"A\"\nmsgid \"b\"\nmsgstr \"B\"\n# note\nmsgid \"c\"\n\nmsgstr \"C\"\nmsgctxt \"k\"\nmsgid "
      "\"d\"\nmsgstr \"D\"");
  EXPECT_TRUE(c.status.ok()) << c.status;
  EXPECT_EQ(c.units.size(), 4u);
  EXPECT_EQ(c.refusals.size(), 0u);
}

TEST(PoReader, ATemplateHasNoUnitsAndNeedsNoLanguage) {
  const Collected c = Read(
      "#, fuzzy\nmsgid \"\"\nmsgstr \"Language: \\nContent-Type: text/plain; charset=CHARSET\\n\"\n\nmsgid "
      "\"a\"\nmsgstr "
      "\"\"\n\nmsgid \"b\"\nmsgid_plural \"bs\"\nmsgstr[0] \"\"\nmsgstr[1] \"\"\n");
  EXPECT_TRUE(c.status.ok()) << c.status;
  EXPECT_EQ(c.total(), 0u);
}

TEST(PoReader, LanguagesComeFromTheHeaderElseFromTheOptions) {
  const auto locales = [](const std::string& header, const ReadOptions& options) {
    const Collected c = Read("msgid \"\"\nmsgstr \"" + header + "\"\n\nmsgid \"a\"\nmsgstr \"A\"\n", options);
    if (!c.status.ok()) return MessageOf(c.status);
    return c.units[0].second.variants[0].locale + " " + c.units[0].second.variants[1].locale;
  };
  EXPECT_EQ(locales("Language: pt_BR\\n", {}), "en pt-BR");
  EXPECT_EQ(locales("Language: sr_RS@latin\\n", {}), "en sr-Latn-RS");
  EXPECT_EQ(locales("Language: ca@valencia\\n", {}), "en ca-valencia");
  EXPECT_EQ(locales("language: de_DE.UTF-8@euro\\n", {}), "en de-DE");
  EXPECT_EQ(locales("Language: zh\\nX-Language: zh-Hant-HK\\n", {}), "en zh-Hant-HK");
  EXPECT_EQ(locales("Language: de\\n", {.source_locale = "fr", .target_locale = "it"}), "fr de");
  EXPECT_EQ(locales("X-Source-Language: fr\\nLanguage: de\\n", {}), "fr de");
  EXPECT_EQ(locales("Language: \\n", {.target_locale = "it"}), "en it");
  EXPECT_EQ(locales("Language: x@y\\n", {.target_locale = "it"}), "en it");
  EXPECT_THAT(locales("", {}), HasSubstr("line 4: the header names no Language"));
  EXPECT_THAT(locales("Language: en\\n", {}), HasSubstr("source language as well"));
}

TEST(PoReader, TheHeadersCharsetIsHonoured) {
  const auto file = [](const std::string& charset, const std::string& text) {
    return "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=" + charset +
           "\\n\"\n\"Language: pl\\n\"\n\nmsgid \"a\"\nmsgstr \"" + text + "\"\n\nmsgid \"b\"\nmsgstr \"B\"\n";
  };
  const struct {
    std::string charset, bytes, text;
  } kCases[] = {{"ISO-8859-2", "\xB1", "ą"},
                {"windows-1251", "\xC0\xC1", "АБ"},
                {"Shift_JIS", "\x83\x5C", "ソ"},  // its second byte is a backslash
                {"GB18030", "\x94\x39\xDA\x33", "💩"},
                {"EUC-JP", "\xA5\xBD", "ソ"}};
  for (const auto& test : kCases) {
    const Collected c = Read(file(test.charset, test.bytes));
    ASSERT_TRUE(c.status.ok()) << c.status;
    ASSERT_EQ(c.units.size(), 2u) << test.charset << c.refusals[0].reason;
    EXPECT_EQ(c.units[0].second.variants[1].content.text, test.text);
  }
  const Collected wrong = Read(file("EUC-JP", "\xA5"));  // half a character
  EXPECT_EQ(wrong.refusals.size(), 1u);
  EXPECT_EQ(wrong.units.size(), 1u);
  const Collected unknown = Read(file("X-KLINGON-1", "a"));
  EXPECT_THAT(MessageOf(unknown.status), HasSubstr("\"X-KLINGON-1\" is not known"));
}

TEST(PoReader, ATruncatedFileGivesItsUnitsAndAnError) {
  const std::string file = std::string(kHead) + "msgid \"one\"\nmsgstr \"eins\"\n\nmsgid \"two\"\nmsgstr \"zwei\"\n";
  for (const std::string_view end : {"msgid \"two\"\n", "msgstr \"zw"}) {
    const Collected c = Read(std::string_view(file).substr(0, file.find(end) + end.size()));
    EXPECT_EQ(c.units.size(), 1u);
    EXPECT_EQ(c.refusals.size(), 1u);
    EXPECT_THAT(MessageOf(c.status), HasSubstr("line 10: the file is cut off"));
    EXPECT_EQ(c.units[0].second.contexts[0].next.at("en").text.substr(0, 3), "two");
  }
}

TEST(PoReader, HugeEntriesAreRefusedAndBounded) {
  std::string many = "msgid \"two\"\nmsgstr \"\"\n";
  const std::string line = "\"" + std::string(1000, 'x') + "\"\n";
  while (many.size() < 2 * kMaxTokenBytes) many += line;
  const std::string cases[] = {
      "msgid \"" + std::string(2 * kMaxTokenBytes, 'x') + "\"\nmsgstr \"zwei\"\n", many,
      "#, fuzzy\n# " + std::string(2 * kMaxTokenBytes, 'x') + "\nmsgid \"two\"\nmsgstr \"x\"\n"};
  for (const std::string& entry : cases) {
    const Collected c = ReadInChunks(Format::kPo, {}, kHead + entry + "\nmsgid \"three\"\nmsgstr \"drei\"\n", 1 << 16);
    EXPECT_TRUE(c.status.ok()) << c.status;
    EXPECT_EQ(c.units.size(), 1u);
    ASSERT_EQ(c.refusals.size(), 1u);
    EXPECT_THAT(c.refusals[0].reason, HasSubstr("longer than"));
  }
}

}  // namespace
}  // namespace reprise
