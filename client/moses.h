// Two parallel text files (Moses: line N of the one translates line N of the other) -> the rows of one TSV file, which
// is what goes to the server. Row N is line N of both, so that refusals name the line.
//
//   MosesRows rows(source, target, "en", "de");
//   std::string chunk;
//   for (bool more = true; more;) { ASSIGN_OR_RETURN(more, rows.Next(65536, &chunk)); Send(chunk); }
//
// Not thread-safe. Memory: two lines and a chunk.
#ifndef REPRISE_CLIENT_MOSES_H_
#define REPRISE_CLIENT_MOSES_H_

#include <cstdint>
#include <cstdio>
#include <string>

#include "base/status.h"

namespace reprise::client {

class MosesRows {
 public:
  // The files stay the caller's.
  MosesRows(std::FILE* source, std::FILE* target, const std::string& from, const std::string& to);

  // Replaces `chunk` by the next rows, at most `limit` bytes; false once there are no more after them. Error:
  // INVALID_ARGUMENT if one file has fewer lines than the other (the rows before were given), UNKNOWN if reading fails.
  absl::StatusOr<bool> Next(size_t limit, std::string* chunk);

 private:
  // False at the end of the file.
  absl::StatusOr<bool> Line(std::FILE* file, std::string* line);

  std::FILE* const source_;
  std::FILE* const target_;
  const std::string locales_;  // the first cells of every row
  std::string pending_;        // rows that did not fit
  uint64_t lines_ = 0;
  bool ended_ = false;
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_MOSES_H_
