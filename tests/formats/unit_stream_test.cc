#include "formats/unit_stream.h"

#include <gmock/gmock.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

TEST(UnitStream, FormatNames) {
  for (const Format format : {Format::kAuto, Format::kTmx, Format::kTsv, Format::kText, Format::kXliff12,
                              Format::kXliff2, Format::kPo, Format::kJsonl, Format::kCsv}) {
    const auto parsed = FormatFromName(FormatName(format));
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, format);
  }
  EXPECT_EQ(*FormatFromName("TMX"), Format::kTmx);
  EXPECT_THAT(MessageOf(FormatFromName("docx").status()),
              HasSubstr("auto, tmx, tsv, text, xliff, xliff2, po, jsonl and csv"));
}

TEST(UnitStream, ContentWinsOverTheExtension) {
  EXPECT_EQ(DetectFormat("a.txt", "\xEF\xBB\xBF<?xml version=\"1.0\"?>\n<!-- x -->\n<tmx version=\"1.4\">"),
            Format::kTmx);
  EXPECT_EQ(DetectFormat("-", std::string_view("<\0t\0m\0x\0>\0", 10)), Format::kTmx);
  EXPECT_EQ(DetectFormat("a.txt", "source\ttarget\nx\ty\n"), Format::kTsv);
  EXPECT_EQ(DetectFormat("-", "en\tpt-BR\tTable\tTabela\tf|k\r\nen"), Format::kTsv);
  EXPECT_EQ(DetectFormat("dir/A.TXT.gz", "hello\tHallo\n"), Format::kText);
  EXPECT_EQ(DetectFormat("a.tsv.zst", "hello\tHallo\n"), Format::kTsv);
  EXPECT_EQ(DetectFormat("a.tmx", ""), Format::kTmx);
  EXPECT_EQ(DetectFormat("a.docx", "<html><tmxy>"), Format::kAuto);
  EXPECT_EQ(DetectFormat("-", "hello\tHallo\n"), Format::kAuto);
  EXPECT_EQ(DetectFormat("a.txt", "# note\n\nmsgid \"\"\nmsgstr \"\"\n"), Format::kPo);
  EXPECT_EQ(DetectFormat("a.txt", "msgid=1\n"), Format::kText);
  EXPECT_EQ(DetectFormat("a.pot", "# nothing\n"), Format::kPo);
  EXPECT_EQ(DetectFormat("a.txt", "<?xml version=\"1.0\"?><xliff version=\"1.2\">"), Format::kXliff12);
  EXPECT_EQ(DetectFormat("a.xlf", "<xlf:xliff xmlns:xlf='u' version='2.1'>"), Format::kXliff2);
  EXPECT_EQ(DetectFormat("a.sdlxliff.xz", "?"), Format::kXliff12);
}

TEST(UnitStream, WhatCannotBeReadOrWrittenIsSaid) {
  CollectSink sink;
  StringSink bytes;
  EXPECT_FALSE(NewUnitReader(Format::kAuto, {}, &sink).ok());
  EXPECT_FALSE(NewUnitWriter(Format::kText, {}, &bytes).ok());
  const auto bad = NewUnitReader(Format::kTsv, {.source_locale = "not a tag", .target_locale = "de"}, &sink);
  EXPECT_EQ(FieldOf(bad.status()), "source_locale");
}

}  // namespace
}  // namespace reprise
