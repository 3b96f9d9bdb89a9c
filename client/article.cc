#include "client/article.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client/utf8.h"

namespace reprise::client {
namespace {

constexpr uintmax_t kMaxArticleBytes = 64 << 20;

}  // namespace

absl::StatusOr<std::string> ReadArticle(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound("cannot open " + path + ": " + std::strerror(errno));
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > kMaxArticleBytes) {
    return ResourceExhausted(path + " is larger than " + std::to_string(kMaxArticleBytes >> 20) + " MiB; split it");
  }
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad() || (error && text.empty())) return MakeStatus(absl::StatusCode::kUnknown, "cannot read " + path);
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3);
  if (!IsUtf8(text)) return InvalidArgument(path + " is not valid UTF-8; convert it first, e.g. with iconv");
  return text;
}

}  // namespace reprise::client
