// A document whose segments are stretches of its bytes: plain text, Markdown, HTML. Private to formats/.
//
// A reader lists the *pieces* of each paragraph (texts, codes, breaks) in file order; AddParagraph cuts them into
// sentences. A segment's slot is the stretch of bytes that it was made of. Codes at the ends of a sentence that do not
// belong to anything inside it stay outside of the slot, so that "<b>Hello.</b>" is the segment "Hello.".
#ifndef REPRISE_FORMATS_SLOT_DOCUMENT_H_
#define REPRISE_FORMATS_SLOT_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/document.h"
#include "text/segmentation.h"

namespace reprise {

// A piece of a paragraph. Pieces follow each other in the file, without gaps between those of one segment.
struct InlinePiece {
  enum class Kind : uint8_t {
    kVerbatim,  // text that is its bytes
    kText,      // text that its bytes stand for: an entity, a line end inside a paragraph
    kCode,      // markup
    kBreak,     // where a segment ends
  };
  Kind kind = Kind::kVerbatim;
  size_t begin = 0;  // bytes of the file
  size_t end = 0;
  std::string text;  // kText
  Code::Kind code = Code::Kind::kStandalone;
  uint32_t pair = 0;  // of codes: joins open and close within the paragraph; 0 = none
};

class SlotDocument : public Document {
 public:
  std::string Draft(const std::vector<SegmentDraft>& drafts, const std::string& target_locale) const override;

 protected:
  SlotDocument(DocumentFormat format, const DocumentOptions& options, std::string bytes)
      : Document(format), options_(options), bytes_(std::move(bytes)) {}

  // The sentences of a text by the options' rules or locale; none once cut() is an error.
  std::vector<Sentence> Cut(std::string_view text);
  // How the cutting went; to be asked when all is read.
  const absl::Status& cut() const { return cut_; }
  // Adds the sentences of a paragraph, if it has any.
  void AddParagraph(const std::vector<InlinePiece>& pieces);
  // Adds a segment of which the caller knows the place.
  void AddSegment(DocumentSegment segment, size_t begin, size_t end);

  // Writes text so that it is read as this text and nothing else.
  virtual void Escape(std::string_view text, size_t index, std::string* out) const = 0;
  // The content as it would stand in the place of a segment.
  std::string Encode(size_t index, const Content& content) const;
  // The bytes that a segment was made of.
  std::string_view SlotBytes(size_t index) const;

  const DocumentOptions options_;
  const std::string bytes_;

 private:
  struct Slot {
    size_t begin;
    size_t end;
  };
  class Paragraph;

  std::vector<Slot> slots_;  // one a segment
  uint32_t paragraphs_ = 0;
  absl::Status cut_ = absl::OkStatus();
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_SLOT_DOCUMENT_H_
