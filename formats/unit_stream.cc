#include "formats/unit_stream.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/format_factories.h"
#include "formats/transcode.h"
#include "formats/tsv.h"
#include "text/locale.h"

namespace reprise {
namespace {

bool EndsWith(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

Format FormatFromExtension(std::string_view file_name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(file_name.data(), file_name.size()));
  std::string_view name = lower;
  for (const std::string_view compressed : {".gz", ".zst"}) {
    if (EndsWith(name, compressed)) {
      name.remove_suffix(compressed.size());
      break;
    }
  }
  if (EndsWith(name, ".tmx")) return Format::kTmx;
  if (EndsWith(name, ".tsv")) return Format::kTsv;
  if (EndsWith(name, ".txt")) return Format::kText;
  return Format::kAuto;
}

// A language that an option names, made canonical. Empty stays empty.
absl::Status CanonicalOption(const char* field, std::string* locale) {
  if (locale->empty()) return absl::OkStatus();
  absl::StatusOr<std::string> canonical = CanonicalLocale(*locale);
  if (!canonical.ok()) return WithField(canonical.status(), field);
  *locale = std::move(canonical).value();
  return absl::OkStatus();
}

absl::Status RequireBoth(const std::string& source, const std::string& target, const char* what) {
  if (source.empty()) return FieldError("source_locale", absl::StrCat("is missing; ", what));
  if (target.empty()) return FieldError("target_locale", absl::StrCat("is missing; ", what));
  if (source == target) return FieldError("target_locale", "is the same as source_locale");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Format> FormatFromName(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  for (const Format format : {Format::kAuto, Format::kTmx, Format::kTsv, Format::kText}) {
    if (lower == FormatName(format)) return format;
  }
  return InvalidArgument(
      absl::StrCat("\"", lower.substr(0, 40), "\" is not a format; the formats are auto, tmx, tsv and text"));
}

const char* FormatName(Format format) {
  switch (format) {
    case Format::kAuto: return "auto";
    case Format::kTmx: return "tmx";
    case Format::kTsv: return "tsv";
    case Format::kText: return "text";
  }
  return "unknown";
}

Format DetectFormat(std::string_view file_name, std::string_view head) {
  constexpr size_t kLook = 1 << 16;
  std::string utf8;
  Utf8Transcoder transcoder;
  transcoder.Feed(head.substr(0, kLook), &utf8);
  transcoder.Finish(&utf8);
  const std::string_view text = utf8;
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '<') {
    for (size_t at = text.find("<tmx"); at != std::string_view::npos; at = text.find("<tmx", at + 1)) {
      if (at + 4 < text.size() && std::string_view(" \t\r\n>").find(text[at + 4]) != std::string_view::npos) {
        return Format::kTmx;
      }
    }
  }
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (LooksLikeTsv(line)) return Format::kTsv;
  return FormatFromExtension(file_name);
}

absl::StatusOr<std::unique_ptr<UnitReader>> NewUnitReader(Format format, const ReadOptions& options, UnitSink* sink) {
  ReadOptions canonical = options;
  RETURN_IF_ERROR(CanonicalOption("source_locale", &canonical.source_locale));
  RETURN_IF_ERROR(CanonicalOption("target_locale", &canonical.target_locale));
  switch (format) {
    case Format::kTmx: return NewTmxReader(sink);
    case Format::kTsv: return NewTsvReader(canonical, sink);
    case Format::kText:
      RETURN_IF_ERROR(RequireBoth(canonical.source_locale, canonical.target_locale,
                                  "plain text does not say its languages: give both"));
      return NewTextReader(canonical, sink);
    case Format::kAuto: break;
  }
  return InvalidArgument("the format is unknown; give one of tmx, tsv and text");
}

absl::StatusOr<std::unique_ptr<UnitWriter>> NewUnitWriter(Format format, const WriteOptions& options, ByteSink* sink) {
  WriteOptions canonical = options;
  RETURN_IF_ERROR(CanonicalOption("source_locale", &canonical.source_locale));
  RETURN_IF_ERROR(CanonicalOption("target_locale", &canonical.target_locale));
  switch (format) {
    case Format::kTmx: return NewTmxWriter(canonical, sink);
    case Format::kTsv:
      RETURN_IF_ERROR(
          RequireBoth(canonical.source_locale, canonical.target_locale, "TSV holds one pair of languages: give both"));
      return NewTsvWriter(canonical, sink);
    case Format::kText:
    case Format::kAuto: break;
  }
  return InvalidArgument(absl::StrCat("the format ", FormatName(format), " cannot be written; give tmx or tsv"));
}

}  // namespace reprise
