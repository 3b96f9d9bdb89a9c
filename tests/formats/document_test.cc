#include "formats/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/entities.h"
#include "tests/formats/document_help.h"

namespace reprise {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Document, TheFormatIsToldFromNameAndBytes) {
  EXPECT_EQ(DetectDocumentFormat("a.MD", ""), DocumentFormat::kMarkdown);
  EXPECT_EQ(DetectDocumentFormat("a.xhtml", ""), DocumentFormat::kHtml);
  EXPECT_EQ(DetectDocumentFormat("a.pot", ""), DocumentFormat::kPo);
  EXPECT_EQ(DetectDocumentFormat("a", "<xliff version=\"2.0\">"), DocumentFormat::kXliff);
  EXPECT_EQ(DetectDocumentFormat("a.txt", "msgid \"a\""), DocumentFormat::kText);
  EXPECT_EQ(DetectDocumentFormat("article", "Some text."), DocumentFormat::kText);
}

TEST(Document, PlainTextKeepsItsWhiteSpaceAndMarks) {
  const std::string bytes = "\xEF\xBB\xBFOne. Two.\r\n\r\n  Three.  \n";
  const auto document = Parse("a.txt", bytes);
  ASSERT_NE(document, nullptr);
  EXPECT_THAT(Texts(*document), ElementsAre("One.", "Two.", "Three."));
  ExpectSame("a.txt", bytes);
  std::vector<SegmentDraft> drafts = Kept(*document);
  drafts[1].kind = SegmentDraft::Kind::kMark;
  drafts[2] = Filled({"Drei.", {}});
  EXPECT_EQ(document->Draft(drafts, "de"), "\xEF\xBB\xBFOne. ⟦Two.⟧\r\n\r\n  Drei.  \n");
}

TEST(Document, WhatIsNoTextIsRefused) {
  const auto refused = [](std::string bytes) {
    const auto document = ParseDocument({"a.txt", "en"}, std::move(bytes));
    return document.ok() ? std::string("taken") : std::string(document.status().message());
  };
  EXPECT_THAT(refused("bad \xff"), HasSubstr("not valid UTF-8"));
  EXPECT_THAT(refused(std::string("a\nb\0c", 5)), HasSubstr("line 2: holds a NUL"));
  EXPECT_THAT(refused(std::string(kMaxDocumentBytes + 1, 'a')), HasSubstr("larger than 64 MiB"));
}

Content WithCodes(const std::vector<Code>& codes) { return {"text", codes}; }
Code Open(uint32_t pair, const char* data) { return {0, Code::Kind::kOpen, pair, data, "", ""}; }
Code Close(uint32_t pair, const char* data) { return {0, Code::Kind::kClose, pair, data, "", ""}; }

TEST(Document, CodesMustBeTheSameAndNested) {
  const Content source = WithCodes({Open(1, "<b>"), Open(2, "<i>"), Close(2, "</i>"), Close(1, "</b>")});
  EXPECT_TRUE(SameCodesNested(source, source));
  EXPECT_TRUE(SameCodesNested(source, WithCodes({Open(2, "<i>"), Close(2, "</i>"), Open(1, "<b>"), Close(1, "</b>")})));
  EXPECT_FALSE(
      SameCodesNested(source, WithCodes({Open(1, "<b>"), Open(2, "<i>"), Close(1, "</b>"), Close(2, "</i>")})));
  EXPECT_FALSE(
      SameCodesNested(source, WithCodes({Close(1, "</b>"), Open(1, "<b>"), Open(2, "<i>"), Close(2, "</i>")})));
  EXPECT_FALSE(SameCodesNested(source, WithCodes({Open(1, "<b>"), Close(1, "</b>")})));
  EXPECT_FALSE(
      SameCodesNested(source, WithCodes({Open(1, "<b>"), Open(2, "<b>"), Close(2, "</i>"), Close(1, "</b>")})));
  EXPECT_TRUE(SameCodesNested(WithCodes({}), WithCodes({})));
  // Where the source's pairs overlap, so may the target's.
  const Content crossed = WithCodes({Open(1, "<b>"), Open(2, "<i>"), Close(1, "</b>"), Close(2, "</i>")});
  EXPECT_TRUE(SameCodesNested(crossed, crossed));
}

TEST(Entities, AreDecodedByTheNamesOfHtml) {
  EXPECT_EQ(DecodeReference("&eacute;"), "é");
  EXPECT_EQ(DecodeReference("&amp;"), "&");
  EXPECT_EQ(DecodeReference("&lt;"), "<");
  EXPECT_EQ(DecodeReference("&quot;"), "\"");
  EXPECT_EQ(DecodeReference("&#x1F600;"), "😀");
  EXPECT_EQ(DecodeReference("&nbsp;"), "\u00A0");
  EXPECT_EQ(DecodeReference("&nosuch;"), std::nullopt);
  EXPECT_EQ(DecodeReference("&#0;"), std::nullopt);
  EXPECT_EQ(DecodeReference("&#xD800;"), std::nullopt);
  EXPECT_EQ(ReferenceLength("&copy; x"), 6u);
  EXPECT_EQ(ReferenceLength("&copy x"), 0u);
  EXPECT_EQ(ReferenceLength("& x;"), 0u);
}

}  // namespace
}  // namespace reprise
