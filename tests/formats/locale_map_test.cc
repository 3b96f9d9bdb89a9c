// Every format that carries locales reads them through the caller's map.
#include "text/locale_map.h"

#include <gmock/gmock.h>

#include "tests/formats/collect.h"
#include "tests/formats/document_help.h"

namespace reprise {
namespace {

LocaleMap EnglishAndGerman() {
  LocaleMap map;
  EXPECT_TRUE(map.Add("english", "en").ok());
  EXPECT_TRUE(map.Add("deutsch", "de").ok());
  return map;
}

struct FormatCase {
  const char* name;
  Format format;
  std::string bytes;
};

const std::vector<FormatCase>& Cases() {
  static const auto& cases = *new std::vector<FormatCase>{
      {"TMX", Format::kTmx,
       "<tmx version=\"1.4\"><header srclang=\"english\"/><body><tu><tuv xml:lang=\"English\"><seg>One</seg></tuv>"
       "<tuv lang=\"DEUTSCH\"><prop type=\"x-context-pre\">Null</prop><seg>Eins</seg></tuv></tu></body></tmx>"},
      {"TMX, srclang of the unit", Format::kTmx,
       "<tmx version=\"1.4\"><header srclang=\"*all*\"/><body><tu srclang=\"english\"><tuv "
       "xml:lang=\"english\"><seg>One"
       "</seg></tuv><tuv xml:lang=\"deutsch\"><seg>Eins</seg></tuv></tu></body></tmx>"},
      {"XLIFF 1.2", Format::kXliff12,
       "<xliff version=\"1.2\"><file original=\"a\" source-language=\"english\" target-language=\"Deutsch\"><body>"
       "<trans-unit id=\"1\"><source>One</source><target>Eins</target></trans-unit></body></file></xliff>"},
      {"XLIFF 1.2, languages of the texts", Format::kXliff12,
       "<xliff version=\"1.2\"><file original=\"a\" source-language=\"fr\"><body><trans-unit id=\"1\"><source "
       "xml:lang=\"english\">One</source><target "
       "xml:lang=\"deutsch\">Eins</target></trans-unit></body></file></xliff>"},
      {"XLIFF 2", Format::kXliff2,
       "<xliff version=\"2.0\" srcLang=\"english\" trgLang=\"deutsch\"><file id=\"f\"><unit id=\"1\"><segment><source>"
       "One</source><target>Eins</target></segment></unit></file></xliff>"},
      {"PO", Format::kPo,
       "msgid \"\"\nmsgstr \"\"\n\"Language: deutsch\\n\"\n\"X-Source-Language: english\\n\"\n\nmsgid \"One\"\nmsgstr "
       "\"Eins\"\n"},
      {"TSV", Format::kTsv, "source_lang\ttarget_lang\tsource\ttarget\nenglish\tdeutsch\tOne\tEins\n"},
      {"TSV without a header", Format::kTsv, "english\tdeutsch\tOne\tEins\td|k\n"},
      {"CSV", Format::kCsv, "source_lang,target_lang,source,target\nenglish,\"deutsch\",One,Eins\n"},
      {"JSON Lines", Format::kJsonl,
       R"({"source_locale":"english","variants":[{"locale":"English","text":"One"},{"locale":"deutsch","text":"Eins"}],)"
       R"("contexts":[{"previous":{"english":{"state":"edge"}}}]})"
       "\n"}};
  return cases;
}

TEST(LocaleMapOfReaders, EveryFormatReadsByIt) {
  for (const FormatCase& test : Cases()) {
    ReadOptions options;
    options.locale_map = EnglishAndGerman();
    const Collected c = ReadAll(test.format, options, test.bytes);
    ASSERT_TRUE(c.status.ok()) << test.name << ": " << c.status;
    ASSERT_EQ(c.units.size(), 1u) << test.name << ": " << (c.refusals.empty() ? "" : c.refusals[0].reason);
    const Unit& unit = c.units[0].second;
    EXPECT_EQ(unit.source_locale, "en") << test.name;
    ASSERT_EQ(unit.variants.size(), 2u) << test.name;
    EXPECT_EQ(unit.variants[0].locale, "en") << test.name;
    EXPECT_EQ(unit.variants[1].locale, "de") << test.name;
    for (const Context& context : unit.contexts) {
      for (const auto& [locale, neighbour] : context.previous) {
        EXPECT_TRUE(locale == "en" || locale == "de") << test.name << ": " << locale;
      }
    }
  }
}

TEST(LocaleMapOfReaders, WithoutItNoneOfTheFilesIsRead) {
  for (const FormatCase& test : Cases()) {
    const Collected c = ReadAll(test.format, {}, test.bytes);
    EXPECT_TRUE(c.units.empty()) << test.name;
    EXPECT_TRUE(!c.refusals.empty() || !c.status.ok()) << test.name;
  }
}

TEST(LocaleMapOfReaders, WhatWeWroteIntoXliffIsMappedAsAWhole) {
  Unit unit;
  unit.source_locale = "en";
  unit.variants = {{.locale = "en", .content = {.text = "One"}}, {.locale = "zh", .content = {.text = "一"}}};
  Context context;
  context.previous["zh"] = {Neighbour::State::kText, "零"};
  unit.contexts.push_back(context);
  for (const Format format : {Format::kXliff12, Format::kXliff2, Format::kTmx}) {
    StringSink sink;
    auto writer = NewUnitWriter(format, {.source_locale = "en", .target_locale = "zh"}, &sink);
    ASSERT_TRUE(writer.ok() && (*writer)->Write(unit).ok() && (*writer)->Finish().ok());
    ReadOptions options;
    ASSERT_TRUE(options.locale_map.Add("zh", "zh-TW").ok());
    const Collected c = ReadAll(format, options, sink.text);
    ASSERT_EQ(c.units.size(), 1u) << FormatName(format);
    EXPECT_EQ(c.units[0].second.variants[1].locale, "zh-TW") << FormatName(format);
    ASSERT_EQ(c.units[0].second.contexts.size(), 1u);
    EXPECT_EQ(c.units[0].second.contexts[0].previous.count("zh-TW"), 1u) << FormatName(format);
    EXPECT_EQ(c.units[0].second.contexts[0].previous.count("zh"), 0u) << FormatName(format);
  }
}

TEST(LocaleMapOfReaders, WhatTheCallerSaysIsNotMapped) {
  ReadOptions options{.source_locale = "en", .target_locale = "zh"};
  ASSERT_TRUE(options.locale_map.Add("zh", "zh-TW").ok());
  ASSERT_TRUE(options.locale_map.Add("en", "fr").ok());
  const Collected c = ReadAll(Format::kTsv, options, "source\ttarget\nOne\t一\n");
  ASSERT_EQ(c.units.size(), 1u);
  EXPECT_EQ(c.units[0].second.variants[0].locale, "en");
  EXPECT_EQ(c.units[0].second.variants[1].locale, "zh");
}

TEST(LocaleMapOfDocuments, TheLanguagesOfXliffAndPoAreReadByIt) {
  const std::pair<std::string, std::string> kFiles[] = {
      {"a.xlf",
       "<xliff version=\"1.2\"><file original=\"a\" source-language=\"fr\" target-language=\"it\"><body>"
       "<trans-unit id=\"1\"><source>One</source></trans-unit></body></file></xliff>"},
      {"a.xlf",
       "<xliff version=\"2.0\" srcLang=\"fr\" trgLang=\"it\"><file id=\"f\"><unit id=\"1\"><segment><source>One"
       "</source></segment></unit></file></xliff>"},
      {"a.po", "msgid \"\"\nmsgstr \"\"\n\"Language: it\\n\"\n\nmsgid \"One\"\nmsgstr \"\"\n"}};
  for (const auto& [name, bytes] : kFiles) {
    DocumentOptions options{.name = name, .source_locale = "en"};
    const auto unmapped = ParseDocument(options, bytes);
    EXPECT_TRUE(!unmapped.ok() || !(*unmapped)->CheckTarget("de").ok()) << bytes;
    ASSERT_TRUE(options.locale_map.Add("fr", "en-GB").ok());
    ASSERT_TRUE(options.locale_map.Add("it", "de-AT").ok());
    const auto document = ParseDocument(options, bytes);
    ASSERT_TRUE(document.ok()) << document.status();
    EXPECT_TRUE((*document)->CheckTarget("de").ok()) << bytes;
    EXPECT_FALSE((*document)->CheckTarget("it").ok()) << bytes;
  }
}

}  // namespace
}  // namespace reprise
