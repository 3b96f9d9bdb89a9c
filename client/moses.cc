#include "client/moses.h"

#include <algorithm>

#include "formats/delimited.h"

namespace reprise::client {

MosesRows::MosesRows(std::FILE* source, std::FILE* target, const std::string& from, const std::string& to)
    : source_(source), target_(target), locales_(from + "\t" + to) {}

absl::StatusOr<bool> MosesRows::Next(size_t limit, std::string* chunk) {
  std::string source, target;
  while (!ended_ && pending_.size() < limit) {
    ASSIGN_OR_RETURN(const bool more_source, Line(source_, &source));
    ASSIGN_OR_RETURN(const bool more_target, Line(target_, &target));
    if (more_source != more_target) {
      return InvalidArgument(std::string("the ") + (more_source ? "second" : "first") + " file ends after " +
                             std::to_string(lines_) + " lines and the other goes on; both must have as many");
    }
    ended_ = !more_source;
    if (ended_) break;
    ++lines_;
    pending_ += locales_;
    for (const std::string* text : {&source, &target}) {
      pending_.push_back('\t');
      EscapeCell(*text, &pending_);
    }
    pending_ += "\t\n";  // no context
  }
  const size_t size = std::min(limit, pending_.size());
  *chunk = pending_.substr(0, size);
  pending_.erase(0, size);
  return !ended_ || !pending_.empty();
}

absl::StatusOr<bool> MosesRows::Line(std::FILE* file, std::string* line) {
  line->clear();
  int c = 0;
  // A line that the server refuses for its length need not be kept whole.
  while ((c = std::getc(file)) != EOF && c != '\n') {
    if (line->size() <= kMaxTokenBytes) line->push_back(static_cast<char>(c));
  }
  if (std::ferror(file)) return MakeStatus(absl::StatusCode::kUnknown, "cannot read on in a moses file");
  if (c == EOF && line->empty()) return false;
  if (!line->empty() && line->back() == '\r') line->pop_back();
  return true;
}

}  // namespace reprise::client
