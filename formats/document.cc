#include "formats/document.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/document_factories.h"
#include "formats/unit_stream.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// The codes of a content as their pair ends see them; false if a close stands before its open.
bool PairsInOrder(const std::vector<Code>& codes, bool* nested) {
  std::vector<uint32_t> open;
  *nested = true;
  for (const Code& code : codes) {
    if (code.pair_id == 0 || code.kind == Code::Kind::kStandalone) continue;
    if (code.kind == Code::Kind::kOpen) {
      open.push_back(code.pair_id);
      continue;
    }
    const auto at = std::find(open.rbegin(), open.rend(), code.pair_id);
    if (at == open.rend()) return false;
    if (at != open.rbegin()) *nested = false;
    open.erase(std::next(at).base());
  }
  return true;
}

}  // namespace

DocumentFormat DetectDocumentFormat(std::string_view file_name, std::string_view head) {
  const std::string name = absl::AsciiStrToLower(absl::string_view(file_name.data(), file_name.size()));
  for (const char* extension : {".md", ".markdown", ".mdown", ".mkd"}) {
    if (absl::EndsWith(name, extension)) return DocumentFormat::kMarkdown;
  }
  for (const char* extension : {".html", ".htm", ".xhtml"}) {
    if (absl::EndsWith(name, extension)) return DocumentFormat::kHtml;
  }
  if (absl::EndsWith(name, ".txt")) return DocumentFormat::kText;
  switch (DetectFormat(file_name, head)) {
    case Format::kXliff12:
    case Format::kXliff2: return DocumentFormat::kXliff;
    case Format::kPo: return DocumentFormat::kPo;
    default: return DocumentFormat::kText;
  }
}

const char* DocumentFormatName(DocumentFormat format) {
  switch (format) {
    case DocumentFormat::kText: return "text";
    case DocumentFormat::kMarkdown: return "markdown";
    case DocumentFormat::kHtml: return "html";
    case DocumentFormat::kXliff: return "xliff";
    case DocumentFormat::kPo: return "po";
  }
  return "";
}

std::string SegmentId(const DocumentSegment& segment) {
  return absl::StrCat("p", segment.paragraph, "-s", segment.sentence);
}

size_t PreviousSegment(const std::vector<DocumentSegment>& segments, size_t at) {
  const auto first_of = [&segments](size_t i) {
    while (i > 0 && segments[i].alternative) --i;
    return i;
  };
  const size_t first = first_of(at);
  if (first == 0 || segments[first].starts_file) return segments.size();
  return first_of(first - 1);
}

size_t NextSegment(const std::vector<DocumentSegment>& segments, size_t at) {
  size_t next = at + 1;
  while (next < segments.size() && segments[next].alternative) ++next;
  return next < segments.size() && !segments[next].starts_file ? next : segments.size();
}

absl::Status Document::CheckTarget(const std::string&) const { return absl::OkStatus(); }

bool Document::CanHold(size_t index, const Content& target) const {
  return SameCodesNested(segments_[index].source, target);
}

bool SameCodesNested(const Content& source, const Content& target) {
  if (source.codes.empty() && target.codes.empty()) return true;
  if (source.codes.size() != target.codes.size()) return false;
  std::map<std::tuple<Code::Kind, bool, std::string_view>, int> balance;
  for (const Code& code : source.codes) ++balance[{code.kind, code.pair_id != 0, code.data}];
  for (const Code& code : target.codes) --balance[{code.kind, code.pair_id != 0, code.data}];
  for (const auto& [code, left] : balance) {
    if (left != 0) return false;
  }
  bool source_nested = true, target_nested = true;
  const bool source_in_order = PairsInOrder(source.codes, &source_nested);
  const bool target_in_order = PairsInOrder(target.codes, &target_nested);
  return source_in_order && target_in_order && (target_nested || !source_nested);
}

absl::StatusOr<std::unique_ptr<Document>> ParseDocument(const DocumentOptions& options, std::string bytes) {
  if (bytes.size() > kMaxDocumentBytes) {
    return ResourceExhausted(absl::StrCat("is larger than ", kMaxDocumentBytes >> 20, " MiB; split it"));
  }
  if (const size_t nul = bytes.find('\0'); nul != std::string::npos) {
    const auto line = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(nul), '\n') + 1;
    return InvalidArgument(absl::StrCat("line ", line, ": holds a NUL character; is it text?"));
  }
  if (!ValidateUtf8(bytes).ok()) {
    return InvalidArgument("is not valid UTF-8; convert it first, e.g. with iconv");
  }
  switch (DetectDocumentFormat(options.name, std::string_view(bytes).substr(0, 4096))) {
    case DocumentFormat::kMarkdown: return NewMarkdownDocument(options, std::move(bytes));
    case DocumentFormat::kHtml: return NewHtmlDocument(options, std::move(bytes));
    case DocumentFormat::kXliff: return NewXliffDocument(options, std::move(bytes));
    case DocumentFormat::kPo: return NewPoDocument(options, std::move(bytes));
    case DocumentFormat::kText: break;
  }
  return NewTextDocument(options, std::move(bytes));
}

}  // namespace reprise
