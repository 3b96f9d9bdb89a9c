// Test help: documents read, and drafted with one translation a segment.
#ifndef REPRISE_TESTS_FORMATS_DOCUMENT_HELP_H_
#define REPRISE_TESTS_FORMATS_DOCUMENT_HELP_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/document.h"

namespace reprise {

inline std::unique_ptr<Document> Parse(const std::string& name, const std::string& bytes) {
  auto document = ParseDocument({.name = name, .source_locale = "en", .rules = nullptr}, bytes);
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? std::move(document).value() : nullptr;
}

// The texts of the segments, codes as {data}.
inline std::string Shown(const Content& content) {
  std::string out;
  size_t at = 0;
  uint32_t point = 0;
  for (const Code& code : content.codes) {
    while (point < code.position) {
      do out += content.text[at++];
      while (at < content.text.size() && (static_cast<unsigned char>(content.text[at]) & 0xC0) == 0x80);
      ++point;
    }
    out += "{" + code.data + "}";
  }
  return out + content.text.substr(at);
}

inline std::vector<std::string> Texts(const Document& document) {
  std::vector<std::string> texts;
  for (const DocumentSegment& segment : document.segments()) texts.push_back(Shown(segment.source));
  return texts;
}

inline std::vector<SegmentDraft> Kept(const Document& document) {
  return std::vector<SegmentDraft>(document.segments().size());
}

inline SegmentDraft Filled(Content target, int score = 100) {
  SegmentDraft draft;
  draft.kind = SegmentDraft::Kind::kFill;
  draft.target = std::move(target);
  draft.score = score;
  return draft;
}

// The draft in which every segment says what it said, with `mark` in front.
inline std::string DraftOfAll(const Document& document, const std::string& mark) {
  std::vector<SegmentDraft> drafts;
  for (size_t i = 0; i < document.segments().size(); ++i) {
    Content target = document.segments()[i].source;
    target.text.insert(0, mark);
    for (Code& code : target.codes) code.position += static_cast<uint32_t>(mark.size());  // ASCII
    EXPECT_TRUE(document.CanHold(i, target)) << i << ": " << Shown(target);
    drafts.push_back(Filled(target));
  }
  return document.Draft(drafts, "de");
}

// Kept as it is, a document gives its bytes back; in whatever form they come.
inline void ExpectSame(const std::string& name, const std::string& bytes) {
  const auto document = Parse(name, bytes);
  ASSERT_NE(document, nullptr);
  EXPECT_EQ(document->Draft(Kept(*document), "de"), bytes);
}

}  // namespace reprise

#endif  // REPRISE_TESTS_FORMATS_DOCUMENT_HELP_H_
