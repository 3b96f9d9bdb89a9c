// A document that is translated in place: its segments, and the document again with translations in it. START HERE for
// what `localize`, `pretranslate` and `analyze` read.
//
//   ASSIGN_OR_RETURN(auto document, ParseDocument({.name = "guide.md", .source_locale = "en"}, bytes));
//   std::vector<SegmentDraft> drafts(document->segments().size());          // all kept
//   drafts[0] = {SegmentDraft::Kind::kFill, {"Guten Morgen."}, 100};
//   std::string german = document->Draft(drafts, "de");
//
// A document keeps the bytes that it was read from; a draft is these bytes with the places of the filled segments
// replaced, so that what is not translated stays as it was, byte for byte. docs/localize.md says what is a segment in
// each format. Immutable, so safe to use from several threads.
#ifndef REPRISE_FORMATS_DOCUMENT_H_
#define REPRISE_FORMATS_DOCUMENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "text/locale_map.h"
#include "text/segment.h"
#include "text/sentence_rules.h"

namespace reprise {

enum class DocumentFormat : uint8_t { kText, kMarkdown, kHtml, kXliff, kPo };

// From the name's extension and, for XLIFF and PO, the first bytes. Anything else is plain text.
DocumentFormat DetectDocumentFormat(std::string_view file_name, std::string_view head);
// "text", "markdown", "html", "xliff", "po".
const char* DocumentFormatName(DocumentFormat format);

struct DocumentSegment {
  uint32_t paragraph = 0;  // from 1; (paragraph, sentence) is unique and rises
  uint32_t sentence = 0;
  Content source;
  std::string document;          // of its context, where the file names one; empty = the file
  std::string key;               // of its context; may be empty
  bool locked = false;           // not to be translated
  bool translated = false;       // has a translation, `target`, that a draft leaves alone
  bool starts_file = false;      // no neighbour before it, though it is not the first
  bool alternative = false;      // another form of the message before it (a plural), in the same place
  std::optional<uint32_t> form;  // of a message with more than two plural forms, which one this is
  Content target;
  VariantStatus status = VariantStatus::kUnspecified;  // of `target`
};

// "p2-s1": the name of a segment in every output.
std::string SegmentId(const DocumentSegment& segment);

// Which segments stand before and after segment `at`; segments.size() at the edge of the file.
size_t PreviousSegment(const std::vector<DocumentSegment>& segments, size_t at);
size_t NextSegment(const std::vector<DocumentSegment>& segments, size_t at);

// What becomes of a segment in a draft.
struct SegmentDraft {
  enum class Kind : uint8_t {
    kKeep,  // as it is
    kMark,  // as it is, between ⟦ and ⟧ where the format has no state for it
    kFill,  // `target`
  };
  Kind kind = Kind::kKeep;
  Content target;
  int score = 0;              // of the match: from 100 on it is exact
  bool by_key = false;        // the match agrees in the key
  std::string stored_source;  // of the match
  std::string origin;         // where it comes from: the memory's name
};

class Document {
 public:
  virtual ~Document() = default;
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  DocumentFormat format() const { return format_; }
  const std::vector<DocumentSegment>& segments() const { return segments_; }
  // Places that could not be read and that drafts leave alone: the line and why.
  const std::vector<std::pair<uint64_t, std::string>>& skipped() const { return skipped_; }

  // Whether a draft in this locale makes sense. Error: INVALID_ARGUMENT if the file says that it is for another
  // language.
  virtual absl::Status CheckTarget(const std::string& locale) const;
  // Whether the file's format can hold this translation of a segment, so that what is read again is the same: its codes
  // are the segment's, and nothing of its text becomes markup. REQUIRES: index < segments().size().
  virtual bool CanHold(size_t index, const Content& target) const;
  // The document with these translations. REQUIRES: one draft a segment; what is filled can be held (CanHold).
  virtual std::string Draft(const std::vector<SegmentDraft>& drafts, const std::string& target_locale) const = 0;

 protected:
  explicit Document(DocumentFormat format) : format_(format) {}

  const DocumentFormat format_;
  std::vector<DocumentSegment> segments_;
  std::vector<std::pair<uint64_t, std::string>> skipped_;
};

// The largest document: it is held in memory with all that is found for it.
inline constexpr size_t kMaxDocumentBytes = 64 << 20;

struct DocumentOptions {
  std::string name = {};      // of the file, without its folder
  std::string source_locale;  // canonical
  // Cut text, Markdown and HTML in place of the built-in segmentation; may be null. XLIFF and PO have their segments.
  std::shared_ptr<const SentenceRules> rules = nullptr;
  LocaleMap locale_map = {};  // what the languages that XLIFF and PO name mean
};

// Reads a document in the format that its name and bytes tell. Error: RESOURCE_EXHAUSTED above kMaxDocumentBytes;
// INVALID_ARGUMENT if it is not UTF-8, holds NUL characters, says that it is in another charset or from another
// language, is as a whole not of its format (with the line), or takes a rule too long (with the rule's line).
absl::StatusOr<std::unique_ptr<Document>> ParseDocument(const DocumentOptions& options, std::string bytes);

// True if `target` has the codes of `source`, each once, every pair's close behind its open, and pairs within pairs if
// the source has them so.
bool SameCodesNested(const Content& source, const Content& target);

}  // namespace reprise

#endif  // REPRISE_FORMATS_DOCUMENT_H_
