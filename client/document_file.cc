#include "client/document_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "client/terminal.h"

namespace reprise::client {
namespace {

absl::StatusOr<std::string> ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("cannot open " + path + ": " + std::strerror(errno));
  // A pipe or device has no size: it is read up to the bound.
  std::string bytes;
  std::vector<char> buffer(64 << 10);
  while (file.read(buffer.data(), static_cast<std::streamsize>(buffer.size())), file.gcount() > 0) {
    bytes.append(buffer.data(), static_cast<size_t>(file.gcount()));
    if (bytes.size() > kMaxDocumentBytes) break;  // ParseDocument says so
  }
  std::error_code error;
  if (file.bad() || (bytes.empty() && std::filesystem::is_directory(path, error))) {
    return MakeStatus(absl::StatusCode::kUnknown, "cannot read " + path);
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Document>> ReadDocument(const std::string& path, const std::string& locale) {
  ASSIGN_OR_RETURN(std::string bytes, ReadBytes(path));
  auto document = ParseDocument({std::filesystem::path(path).filename().string(), locale}, std::move(bytes));
  if (!document.ok()) return MakeStatus(document.status().code(), path + ": " + MessageOf(document.status()));
  for (const auto& [line, reason] : (*document)->skipped()) {
    std::fprintf(stderr, "%s:%llu: left alone: %s\n", Printable(path).c_str(), static_cast<unsigned long long>(line),
                 Printable(reason).c_str());
  }
  return document;
}

}  // namespace reprise::client
