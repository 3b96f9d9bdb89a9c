#include "formats/html_lexer.h"

#include <algorithm>
#include <unordered_map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace reprise {
namespace {

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

std::string Lower(std::string_view text) { return absl::AsciiStrToLower(absl::string_view(text.data(), text.size())); }

bool IsVoid(std::string_view name) {
  return IsOneOf(name, {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
                        "track", "wbr"});
}

// Elements whose inside is no markup.
bool IsRaw(std::string_view name) {
  return IsOneOf(name, {"script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"});
}
bool IsRawWithReferences(std::string_view name) { return IsOneOf(name, {"title", "textarea"}); }

class Lexer {
 public:
  explicit Lexer(std::string_view html) : html_(html) {}

  std::vector<HtmlToken> Run() {
    size_t text = 0;
    for (size_t at = html_.find('<'); at < html_.size(); at = html_.find('<', at)) {
      const size_t end = MarkupEnd(at);
      if (end == 0) {
        ++at;
        continue;
      }
      Add(HtmlToken::Kind::kText, text, at);
      Markup(at, end);
      at = text = RawInside(end);
    }
    Add(HtmlToken::Kind::kText, text, html_.size());
    return std::move(tokens_);
  }

 private:
  char At(size_t i) const { return i < html_.size() ? html_[i] : '\0'; }

  void Add(HtmlToken::Kind kind, size_t begin, size_t end) {
    if (begin < end) tokens_.push_back({kind, begin, end, {}, false, HtmlToken::kNoMate});
  }

  size_t After(std::string_view what, size_t from) const {
    const size_t at = html_.find(what, from);
    return at == std::string_view::npos ? html_.size() : at + what.size();
  }

  // Where the markup at `at`, a `<`, ends; 0 if it is none.
  size_t MarkupEnd(size_t at) const {
    const char next = At(at + 1);
    if (IsLetter(next) || (next == '/' && IsLetter(At(at + 2)))) return TagEnd(at);
    if (next == '!' && html_.substr(at, 4) == "<!--") {
      // "<!-->" and "<!--->" are whole.
      if (At(at + 4) == '>') return at + 5;
      if (html_.substr(at + 4, 2) == "->") return at + 6;
      return After("-->", at + 4);
    }
    if (next == '!' || next == '?' || (next == '/' && At(at + 2) != '\0')) return After(">", at + 1);
    return 0;
  }

  // The end of the file if it cuts the tag off.
  size_t TagEnd(size_t at) const {
    size_t i = at + 1;
    bool value = false;  // behind a `=`: a quote opens a value there alone
    while (i < html_.size() && html_[i] != '>') {
      const char c = html_[i];
      if (value && (c == '"' || c == '\'')) i = html_.find(c, i + 1);
      if (i >= html_.size()) return html_.size();
      value = c == '=' || (value && IsSpace(c));
      ++i;
    }
    return std::min(i + 1, html_.size());
  }

  void Markup(size_t begin, size_t end) {
    const bool close = At(begin + 1) == '/';
    if (!IsLetter(At(begin + (close ? 2 : 1)))) return Add(HtmlToken::Kind::kComment, begin, end);
    if (html_[end - 1] != '>') return Add(HtmlToken::Kind::kRaw, begin, end);  // cut off: nobody would show it
    size_t name_end = begin + (close ? 2 : 1);
    const size_t name_begin = name_end;
    while (name_end < end && !IsSpace(html_[name_end]) && html_[name_end] != '/' && html_[name_end] != '>') ++name_end;
    Add(close ? HtmlToken::Kind::kEnd : HtmlToken::Kind::kStart, begin, end);
    HtmlToken& tag = tokens_.back();
    tag.name = Lower(html_.substr(name_begin, name_end - name_begin));
    tag.void_tag = !close && (IsVoid(tag.name) || html_[end - 2] == '/');
    Pair(close);
  }

  // Elements end with the next end tag of their name, those inside first.
  void Pair(bool close) {
    HtmlToken& tag = tokens_.back();
    if (tag.void_tag) return;
    std::vector<size_t>& open = open_[tag.name];
    if (!close) {
      open.push_back(tokens_.size() - 1);
    } else if (!open.empty()) {
      tag.mate = open.back();
      tokens_[tag.mate].mate = tokens_.size() - 1;
      open.pop_back();
    }
  }

  // Adds what a <script> or the like holds. Returns where it ends.
  size_t RawInside(size_t at) {
    const HtmlToken& tag = tokens_.back();
    if (tag.kind != HtmlToken::Kind::kStart || tag.void_tag) return at;
    const bool references = IsRawWithReferences(tag.name);
    if (!references && !IsRaw(tag.name)) return at;
    const size_t end = tag.name == "plaintext" ? html_.size() : FindEndTag(tag.name, at);
    Add(references ? HtmlToken::Kind::kText : HtmlToken::Kind::kRaw, at, end);
    return end;
  }

  size_t FindEndTag(const std::string& name, size_t from) const {
    for (size_t at = html_.find("</", from); at != std::string_view::npos; at = html_.find("</", at + 2)) {
      const size_t behind = at + 2 + name.size();
      const std::string_view found = html_.substr(at + 2, name.size());
      const char next = At(behind);
      if (Lower(found) == name && (IsSpace(next) || next == '/' || next == '>')) return at;
    }
    return html_.size();
  }

  const std::string_view html_;
  std::vector<HtmlToken> tokens_;
  std::unordered_map<std::string, std::vector<size_t>> open_;  // start tags without an end, by name
};

}  // namespace

bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<HtmlToken> LexHtml(std::string_view html) { return Lexer(html).Run(); }

bool FindHtmlAttribute(std::string_view tag, std::string_view name, std::string_view* value) {
  size_t at = 1;
  const auto skip_spaces = [&] {
    while (at < tag.size() && (IsSpace(tag[at]) || tag[at] == '/')) ++at;
  };
  while (at < tag.size() && !IsSpace(tag[at]) && tag[at] != '/' && tag[at] != '>') ++at;
  for (skip_spaces(); at < tag.size() && tag[at] != '>'; skip_spaces()) {
    const size_t begin = at;
    ++at;  // a `=` at the front belongs to the name
    while (at < tag.size() && !IsSpace(tag[at]) && tag[at] != '=' && tag[at] != '>' && tag[at] != '/') ++at;
    const bool wanted = Lower(tag.substr(begin, at - begin)) == name;
    *value = tag.substr(at, 0);
    size_t behind = at;
    while (behind < tag.size() && IsSpace(tag[behind])) ++behind;
    if (behind < tag.size() && tag[behind] == '=') {
      at = behind + 1;
      while (at < tag.size() && IsSpace(tag[at])) ++at;
      const char quote = at < tag.size() ? tag[at] : '\0';
      const bool quoted = quote == '"' || quote == '\'';
      const size_t from = quoted ? at + 1 : at;
      const size_t to = std::min(quoted ? tag.find(quote, from) : tag.find_first_of(" \t\n\r\f>", from), tag.size());
      *value = tag.substr(from, to - from);
      at = quoted ? std::min(to + 1, tag.size()) : to;
    }
    if (wanted) return true;
  }
  return false;
}

}  // namespace reprise
