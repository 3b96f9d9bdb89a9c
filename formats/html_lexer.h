// HTML -> its tags, texts and comments, with the bytes of each, by the tokenizer rules of the HTML standard. Private to
// formats/.
//
//   for (const HtmlToken& token : LexHtml(bytes)) ...    // together they are all bytes, in order
//
// There is no tree: a tree builder moves, closes and doubles elements until any input makes sense, which would change
// the bytes, and hostile input makes it work without bound. Here time and memory are linear in the input. Safe to call
// concurrently.
#ifndef REPRISE_FORMATS_HTML_LEXER_H_
#define REPRISE_FORMATS_HTML_LEXER_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct HtmlToken {
  enum class Kind : uint8_t {
    kText,     // with character references
    kRaw,      // the inside of <script>, <style> and their like
    kStart,    // a start tag
    kEnd,      // an end tag
    kComment,  // a comment, doctype or processing instruction
  };
  static constexpr size_t kNoMate = SIZE_MAX;

  Kind kind = Kind::kText;
  size_t begin = 0;
  size_t end = 0;
  std::string name;       // of tags, in lower case
  bool void_tag = false;  // of start tags: the element has no content
  size_t mate = kNoMate;  // of tags: the token that ends or begins the element; elements of other names do not count
};

// The tokens of `html`, empty ones left out. Bytes that begin no markup are text.
std::vector<HtmlToken> LexHtml(std::string_view html);

// Whether a name is one of these.
bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names);

// The value of an attribute of a start tag, references not decoded, as a part of `tag`; false if the tag has
// no such attribute. An attribute without a value has an empty one.
bool FindHtmlAttribute(std::string_view tag, std::string_view name, std::string_view* value);

}  // namespace reprise

#endif  // REPRISE_FORMATS_HTML_LEXER_H_
