// A document whose segments are stretches of its bytes: plain text, Markdown, HTML. Private to formats/.
//
// A reader lists the *pieces* of each paragraph (texts, codes, breaks) in file order; AddParagraph cuts them into
// sentences. A segment's slot is the stretch of bytes that it was made of. Codes at the ends of a sentence that do not
// belong to anything inside it stay outside of the slot, so that "<b>Hello.</b>" is the segment "Hello.".
#ifndef REPRISE_FORMATS_SLOT_DOCUMENT_H_
#define REPRISE_FORMATS_SLOT_DOCUMENT_H_

#include <cstddef>
#include <cstdint>
#include <map>
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
  // Adds the value, at [begin, end) and of this text, of an attribute of the tag at [tag_begin, tag_end), which may
  // stand within another segment, as a code. Neighbours pass it over.
  void AddAttribute(std::string text, size_t tag_begin, size_t tag_end, size_t begin, size_t end);

  // Writes the value of an attribute, with its quotes; only for who adds attributes.
  virtual void EscapeAttribute(std::string_view /*text*/, std::string* /*out*/) const {}
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
    size_t tag_begin = 0;  // of an attribute, the tag; 0 and 0 for others
    size_t tag_end = 0;
    bool IsAttribute() const { return tag_end != 0; }
  };
  // Bytes of the file that a draft has otherwise.
  struct Edit {
    size_t begin;
    size_t end;
    std::string text;
  };
  class Paragraph;

  std::vector<Edit> AttributeEdits(const std::vector<SegmentDraft>& drafts) const;
  // The bytes at [begin, end) with the edits within, which are in order.
  std::string Edited(size_t begin, size_t end, const std::vector<Edit>& edits) const;
  std::string Encode(size_t index, const Content& content, const std::map<std::string, std::string>& codes) const;

  std::vector<Slot> slots_;  // one a segment
  size_t taken_ = 0;         // where the last slot ends that is no attribute's
  uint32_t paragraphs_ = 0;
  absl::Status cut_ = absl::OkStatus();
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_SLOT_DOCUMENT_H_
