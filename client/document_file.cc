#include "client/document_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "client/terminal.h"
#include "formats/srx.h"

namespace reprise::client {
namespace {

// The bytes of a file, a few more than `most` if it is larger: the parsers say so.
absl::StatusOr<std::string> ReadBytes(const std::string& path, size_t most) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("cannot open " + path + ": " + std::strerror(errno));
  // A pipe or device has no size: it is read up to the bound.
  std::string bytes;
  std::vector<char> buffer(64 << 10);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    bytes.append(buffer.data(), static_cast<size_t>(file.gcount()));
    if (bytes.size() > most) break;
  }
  std::error_code error;
  if (file.bad() || (bytes.empty() && std::filesystem::is_directory(path, error))) {
    return MakeStatus(absl::StatusCode::kUnknown, "cannot read " + path);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Document>> ReadDocument(const std::string& path, DocumentOptions options) {
  ASSIGN_OR_RETURN(std::string bytes, ReadBytes(path, kMaxDocumentBytes));
  options.name = std::filesystem::path(path).filename().string();
  auto document = ParseDocument(options, std::move(bytes));
  if (!document.ok()) return MakeStatus(document.status().code(), path + ": " + MessageOf(document.status()));
  for (const auto& [line, reason] : (*document)->skipped()) {
    std::fprintf(stderr, "%s:%llu: left alone: %s\n", Printable(path).c_str(), static_cast<unsigned long long>(line),
                 Printable(reason).c_str());
  }
  return document;
}

void AddSrxOption(CLI::App* verb, std::string* path) {
  verb->add_option("--srx", *path,
                   "SRX 2.0 file of the rules that cut text, Markdown and HTML into sentences (default: built in)")
      ->type_name("FILE");
}

absl::StatusOr<std::shared_ptr<const SentenceRules>> ReadSrx(const std::string& path, const std::string& locale) {
  if (path.empty()) return std::shared_ptr<const SentenceRules>();
  ASSIGN_OR_RETURN(const std::string bytes, ReadBytes(path, kMaxSrxBytes));
  absl::StatusOr<SentenceRules> rules = ParseSrx(bytes, locale);
  if (!rules.ok()) return MakeStatus(rules.status().code(), path + ": " + MessageOf(rules.status()));
  return std::make_shared<const SentenceRules>(std::move(rules).value());
}

}  // namespace reprise::client
