// Text and inline codes in file order -> Content. For readers whose codes pair by name (XLIFF).
//
//   ContentBuilder builder;
//   builder.Text("a ");
//   const size_t open = builder.Add(Code::Kind::kOpen, "1");     // pairs with the close of that name
//   builder.code(open).data = "<b>";
//   Content content = builder.Take();
//
// Not thread-safe.
#ifndef REPRISE_FORMATS_CONTENT_BUILDER_H_
#define REPRISE_FORMATS_CONTENT_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/segment.h"

namespace reprise {

class ContentBuilder {
 public:
  void Text(std::string_view text);
  // A code here; an open and a later close of one non-empty `pair` belong together. Returns its index.
  size_t Add(Code::Kind kind, std::string pair = {});
  Code& code(size_t index) { return content_.codes[index]; }
  // What was built. Paired codes get the number in their name as pair id where it is one, the smallest free otherwise;
  // a pair id that a code has already stays. The builder is empty afterwards.
  Content Take();
  // True if there is neither text nor code.
  bool empty() const { return content_.text.empty() && content_.codes.empty(); }

 private:
  Content content_;
  std::vector<std::string> pairs_;  // by code
  uint32_t points_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_CONTENT_BUILDER_H_
