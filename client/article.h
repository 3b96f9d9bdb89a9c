// The plain-text files that `localize` and `analyze` read.
//
//   ASSIGN_OR_RETURN(const std::string text, ReadArticle("article.txt"));
//
// Safe to call concurrently.
#ifndef REPRISE_CLIENT_ARTICLE_H_
#define REPRISE_CLIENT_ARTICLE_H_

#include <string>

#include "base/status.h"

namespace reprise::client {

// The whole file, without a byte order mark. Errors: NOT_FOUND; RESOURCE_EXHAUSTED above 64 MiB, since a file is held
// in memory with all that is found for it; INVALID_ARGUMENT if it is not UTF-8; UNKNOWN if it cannot be read.
absl::StatusOr<std::string> ReadArticle(const std::string& path);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_ARTICLE_H_
