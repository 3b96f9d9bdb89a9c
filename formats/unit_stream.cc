#include "formats/unit_stream.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "formats/csv.h"
#include "formats/format_factories.h"
#include "formats/transcode.h"
#include "formats/tsv.h"
#include "text/locale.h"

namespace reprise {
namespace {

constexpr char kNames[] = "tmx, tsv, text, xliff, xliff2, po, jsonl and csv";
constexpr char kWritableNames[] = "tmx, tsv, xliff, xliff2, po, jsonl and csv";

bool EndsWith(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

struct Extension {
  std::string_view tail;
  Format format;
};
constexpr Extension kExtensions[] = {
    {".tmx", Format::kTmx},        {".tsv", Format::kTsv},          {".txt", Format::kText},
    {".po", Format::kPo},          {".pot", Format::kPo},           {".jsonl", Format::kJsonl},
    {".ndjson", Format::kJsonl},   {".csv", Format::kCsv},          {".xlf", Format::kXliff12},
    {".xliff", Format::kXliff12},  {".sdlxliff", Format::kXliff12}, {".mqxliff", Format::kXliff12},
    {".mxliff", Format::kXliff12},
};

Format FormatFromExtension(std::string_view file_name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(file_name.data(), file_name.size()));
  std::string_view name = lower;
  for (const std::string_view compressed : {".gz", ".zst", ".xz"}) {
    if (EndsWith(name, compressed)) {
      name.remove_suffix(compressed.size());
      break;
    }
  }
  for (const Extension& extension : kExtensions) {
    if (EndsWith(name, extension.tail)) return extension.format;
  }
  return Format::kAuto;
}

// True if a tag `<name` stands in the text, whatever its namespace prefix.
bool HasElement(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if (end >= text.size() || std::string_view(" \t\r\n>").find(text[end]) == std::string_view::npos) continue;
    size_t begin = at;
    if (begin > 0 && text[begin - 1] == ':') {
      --begin;
      while (begin > 0 && absl::ascii_isalnum(static_cast<unsigned char>(text[begin - 1]))) --begin;
    }
    if (begin > 0 && text[begin - 1] == '<') return true;
  }
  return false;
}

// True if the tag <xliff ...> says version="2...".
bool HasXliff2Version(std::string_view text) {
  text.remove_prefix(std::min(text.find("xliff"), text.size()));
  text = text.substr(0, text.find('>'));
  for (const std::string_view version : {"version=\"2", "version='2"}) {
    if (text.find(version) != std::string_view::npos) return true;
  }
  return false;
}

// The first of a PO file's lines that is no comment begins with a keyword.
bool LooksLikePo(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    if (line.empty() || line.front() == '#') continue;
    for (const std::string_view keyword : {"msgid", "msgctxt", "domain"}) {
      if (line.substr(0, keyword.size()) != keyword) continue;
      line.remove_prefix(keyword.size());
      line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
      return !line.empty() && line.front() == '"';
    }
    return false;
  }
  return false;
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
  for (int i = 0; i <= static_cast<int>(Format::kCsv); ++i) {
    const auto format = static_cast<Format>(i);
    if (lower == FormatName(format)) return format;
  }
  return InvalidArgument(absl::StrCat("\"", lower.substr(0, 40), "\" is not a format; the formats are auto, ", kNames));
}

const char* FormatName(Format format) {
  switch (format) {
    case Format::kAuto: return "auto";
    case Format::kTmx: return "tmx";
    case Format::kTsv: return "tsv";
    case Format::kText: return "text";
    case Format::kXliff12: return "xliff";
    case Format::kXliff2: return "xliff2";
    case Format::kPo: return "po";
    case Format::kJsonl: return "jsonl";
    case Format::kCsv: return "csv";
  }
  return "unknown";
}

absl::StatusOr<TmxFlavor> TmxFlavorFromName(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  constexpr std::string_view kFlavors[] = {"neutral", "memoq", "trados", "omegat"};
  for (size_t i = 0; i < std::size(kFlavors); ++i) {
    if (lower == kFlavors[i]) return static_cast<TmxFlavor>(i + 1);
  }
  return InvalidArgument(
      absl::StrCat("\"", lower.substr(0, 40), "\" is not a flavor; the flavors are neutral, memoq, trados and omegat"));
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
    if (HasElement(text, "tmx")) return Format::kTmx;
    if (HasElement(text, "xliff")) return HasXliff2Version(text) ? Format::kXliff2 : Format::kXliff12;
  }
  if (LooksLikePo(text)) return Format::kPo;
  std::string_view line = text.substr(0, text.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (LooksLikeTsv(line)) return Format::kTsv;
  if (LooksLikeCsv(line)) return Format::kCsv;
  if (first != std::string_view::npos && text[first] == '{' && text.find("\"variants\"") != std::string_view::npos) {
    return Format::kJsonl;
  }
  return FormatFromExtension(file_name);
}

absl::StatusOr<std::unique_ptr<UnitReader>> NewUnitReader(Format format, const ReadOptions& options, UnitSink* sink) {
  ReadOptions canonical = options;
  RETURN_IF_ERROR(CanonicalOption("source_locale", &canonical.source_locale));
  RETURN_IF_ERROR(CanonicalOption("target_locale", &canonical.target_locale));
  switch (format) {
    case Format::kTmx: return NewTmxReader(canonical, sink);
    case Format::kTsv: return NewTsvReader(canonical, sink);
    case Format::kText:
      RETURN_IF_ERROR(RequireBoth(canonical.source_locale, canonical.target_locale,
                                  "plain text does not say its languages: give both"));
      return NewTextReader(canonical, sink);
    case Format::kPo: return NewPoReader(canonical, sink);
    case Format::kXliff12:
    case Format::kXliff2: return NewXliffReader(canonical, sink);
    case Format::kJsonl: return NewJsonlReader(canonical, sink);
    case Format::kCsv: return NewCsvReader(canonical, sink);
    case Format::kAuto: break;
  }
  return InvalidArgument(absl::StrCat("the format is unknown; give one of ", kNames));
}

absl::StatusOr<std::unique_ptr<UnitWriter>> NewUnitWriter(Format format, const WriteOptions& options, ByteSink* sink) {
  WriteOptions canonical = options;
  RETURN_IF_ERROR(CanonicalOption("source_locale", &canonical.source_locale));
  RETURN_IF_ERROR(CanonicalOption("target_locale", &canonical.target_locale));
  if (format != Format::kTmx && format != Format::kJsonl && format != Format::kText && format != Format::kAuto) {
    RETURN_IF_ERROR(RequireBoth(canonical.source_locale, canonical.target_locale,
                                "the format holds one pair of languages: give both"));
  }
  switch (format) {
    case Format::kTmx: return NewTmxWriter(canonical, sink);
    case Format::kTsv: return NewTsvWriter(canonical, sink);
    case Format::kPo: return NewPoWriter(canonical, sink);
    case Format::kXliff12: return NewXliff12Writer(canonical, sink);
    case Format::kXliff2: return NewXliff2Writer(canonical, sink);
    case Format::kJsonl: return NewJsonlWriter(canonical, sink);
    case Format::kCsv: return NewCsvWriter(canonical, sink);
    case Format::kText:
    case Format::kAuto: break;
  }
  return InvalidArgument(
      absl::StrCat("the format ", FormatName(format), " cannot be written; give one of ", kWritableNames));
}

}  // namespace reprise
