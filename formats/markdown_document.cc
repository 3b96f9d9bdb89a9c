// Markdown (CommonMark with GitHub's tables, strikethrough and task lists): md4c says what is text; where it stands
// says the pointer that it gives, and what stands between two texts of a paragraph is markup. Code blocks, HTML blocks
// and front matter are not read. Tested by tests/formats/markdown_document_test.cc.
#include <md4c.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "formats/code_pairs.h"
#include "formats/document_factories.h"
#include "formats/entities.h"
#include "formats/html_lexer.h"
#include "formats/html_pieces.h"
#include "formats/slot_document.h"

namespace reprise {
namespace {

constexpr size_t kNowhere = SIZE_MAX;

bool IsPunctuation(char c) { return absl::ascii_ispunct(static_cast<unsigned char>(c)); }
bool IsBlankByte(char c) { return c == ' ' || c == '\t'; }
bool IsLineEnd(char c) { return c == '\n' || c == '\r'; }
// A letter, digit or any byte of one that is not ASCII.
bool IsWordByte(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || (c & 0x80) != 0; }

// Markup that md4c tells without saying where.
struct Event {
  enum class Kind : uint8_t { kOpen, kClose, kSoftBreak, kHardBreak, kCodeSpan };
  Kind kind;
  MD_SPANTYPE span;
  uint32_t pair;
};

// How many bytes of `bytes` at `at` an event's markup has; kNowhere if they are none of its kind.
class MarkupMatcher {
 public:
  explicit MarkupMatcher(std::string_view bytes) : bytes_(bytes) {}

  size_t Length(const Event& event, size_t at, size_t end) const {
    switch (event.kind) {
      case Event::Kind::kSoftBreak: return LineEnd(at, end, false);
      case Event::Kind::kHardBreak: return LineEnd(at, end, true);
      case Event::Kind::kCodeSpan: return at < end && bytes_[at] == '`' ? end - at : kNowhere;
      case Event::Kind::kOpen:
      case Event::Kind::kClose: break;
    }
    const bool open = event.kind == Event::Kind::kOpen;
    switch (event.span) {
      case MD_SPAN_EM: return Run(at, end, "*_", 1);
      case MD_SPAN_STRONG: return Run(at, end, "*_", 2);
      case MD_SPAN_DEL: return Run(at, end, "~", at + 1 < end && bytes_[at + 1] == '~' ? 2 : 1);
      case MD_SPAN_A:
        if (open) return at < end && (bytes_[at] == '[' || bytes_[at] == '<') ? 1 : kNowhere;
        return LinkEnd(at, end);
      case MD_SPAN_IMG:
        if (open) return end - at >= 2 && bytes_.substr(at, 2) == "![" ? 2 : kNowhere;
        return LinkEnd(at, end);
      default: return kNowhere;
    }
  }

 private:
  size_t Run(size_t at, size_t end, std::string_view marks, size_t length) const {
    if (end - at < length || marks.find(bytes_[at]) == std::string_view::npos) return kNowhere;
    return length == 1 || bytes_[at + 1] == bytes_[at] ? length : kNowhere;
  }

  // A line end, the blanks around it and the marks of quotations before the next line's text.
  size_t LineEnd(size_t at, size_t end, bool hard) const {
    size_t i = at;
    if (hard && i < end && bytes_[i] == '\\') ++i;
    while (i < end && IsBlankByte(bytes_[i])) ++i;
    if (i < end && bytes_[i] == '\r') ++i;
    if (i < end && bytes_[i] == '\n') ++i;
    if (i == at || !IsLineEnd(bytes_[i - 1])) return kNowhere;
    while (i < end && (IsBlankByte(bytes_[i]) || bytes_[i] == '>')) ++i;
    return i - at;
  }

  // "](target "title")", "][label]", "]" or the ">" of an autolink.
  size_t LinkEnd(size_t at, size_t end) const {
    if (at >= end) return kNowhere;
    if (bytes_[at] == '>') return 1;
    if (bytes_[at] != ']') return kNowhere;
    const char next = at + 1 < end ? bytes_[at + 1] : '\0';
    if (next == '(') return Target(at, end);
    if (next != '[') return 1;
    size_t i = at + 2;
    while (i < end && bytes_[i] != ']') i += bytes_[i] == '\\' ? 2 : 1;
    return i < end ? i + 1 - at : kNowhere;
  }

  size_t Target(size_t at, size_t end) const {
    int depth = 0;
    for (size_t i = at + 1; i < end; ++i) {
      const char c = bytes_[i];
      if (c == '\\') {
        ++i;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')') {
        if (--depth == 0) return i + 1 - at;
      } else if ((c == '"' || c == '\'') && (IsBlankByte(bytes_[i - 1]) || IsLineEnd(bytes_[i - 1]))) {
        for (++i; i < end && bytes_[i] != c; ++i) i += bytes_[i] == '\\' ? 1 : 0;
      } else if (c == '<' && bytes_[i - 1] == '(') {
        while (i < end && bytes_[i] != '>') i += bytes_[i] == '\\' ? 2 : 1;
      }
    }
    return kNowhere;
  }

  const std::string_view bytes_;
};

// Parses Markdown and gives out the pieces of each paragraph.
class MarkdownParser {
 public:
  using OnParagraph = std::function<void(const std::vector<InlinePiece>& pieces)>;

  // Positions in pieces count from the start of `bytes`; what is before `start` is not read.
  MarkdownParser(std::string_view bytes, size_t start, OnParagraph on_paragraph)
      : bytes_(bytes), start_(start), matcher_(bytes), on_paragraph_(std::move(on_paragraph)) {}

  bool Run() {
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
    parser.enter_block = [](MD_BLOCKTYPE type, void*, void* self) { return Self(self)->Block(type, true); };
    parser.leave_block = [](MD_BLOCKTYPE type, void*, void* self) { return Self(self)->Block(type, false); };
    parser.enter_span = [](MD_SPANTYPE type, void*, void* self) { return Self(self)->Span(type, true); };
    parser.leave_span = [](MD_SPANTYPE type, void*, void* self) { return Self(self)->Span(type, false); };
    parser.text = [](MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* self) {
      return Self(self)->Text(type, text, size);
    };
    const std::string_view text = bytes_.substr(start_);
    return md_parse(text.data(), static_cast<MD_SIZE>(text.size()), &parser, this) == 0;
  }

 private:
  static MarkdownParser* Self(void* self) { return static_cast<MarkdownParser*>(self); }

  int Block(MD_BLOCKTYPE type, bool enter) {
    Flush();
    if (type == MD_BLOCK_CODE || type == MD_BLOCK_HTML) verbatim_ = enter;
    return 0;
  }

  int Span(MD_SPANTYPE type, bool enter) {
    if (type == MD_SPAN_CODE) {
      if (enter) {
        events_.push_back({Event::Kind::kCodeSpan, type, 0});
        code_begin_ = code_end_ = kNowhere;
        in_code_ = true;
      } else {
        in_code_ = false;
        CodeSpan();
      }
      return 0;
    }
    if (enter) {
      open_.push_back(next_pair_++);
      events_.push_back({Event::Kind::kOpen, type, open_.back()});
    } else if (!open_.empty()) {
      events_.push_back({Event::Kind::kClose, type, open_.back()});
      open_.pop_back();
    }
    return 0;
  }

  int Text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size) {
    if (verbatim_) return 0;
    if (type == MD_TEXT_SOFTBR || type == MD_TEXT_BR) {
      events_.push_back({type == MD_TEXT_BR ? Event::Kind::kHardBreak : Event::Kind::kSoftBreak, MD_SPAN_EM, 0});
      return 0;
    }
    const std::less_equal<const char*> not_after;
    const char* const first = bytes_.data();
    if (!not_after(first, text) || !not_after(text + size, first + bytes_.size()) || size == 0) {
      return 0;  // a text of the library's own, such as the line end inside a tag
    }
    const auto begin = static_cast<size_t>(text - first);
    if (in_code_) {
      if (code_begin_ == kNowhere) code_begin_ = begin;
      code_end_ = begin + size;
    } else if (type == MD_TEXT_HTML) {
      Html(begin, begin + size);
    } else {
      Plain(type, begin, begin + size);
    }
    return 0;
  }

  void Plain(MD_TEXTTYPE type, size_t begin, size_t end) {
    size_t from = begin;
    // The backslash before it belongs to an escaped character.
    const bool free = cursor_ == kNowhere ? begin > start_ : begin > cursor_;
    const bool escaped = free && bytes_[begin - 1] == '\\' && IsPunctuation(bytes_[begin]);
    if (escaped) --from;
    Gap(from);
    if (type == MD_TEXT_ENTITY) {
      const auto text = DecodeReference(bytes_.substr(begin, end - begin));
      if (text) {
        Add(InlinePiece::Kind::kText, begin, end).text = *text;
      } else {
        Add(InlinePiece::Kind::kCode, begin, end);
      }
      return;
    }
    if (escaped) {
      Add(InlinePiece::Kind::kText, from, begin + 1).text = std::string(1, bytes_[begin]);
      ++begin;
    }
    if (begin < end) Add(InlinePiece::Kind::kVerbatim, begin, end);
  }

  // A tag of several lines comes in parts.
  void Html(size_t begin, size_t end) {
    if (!pieces_.empty() && html_open_ && events_.empty()) {
      pieces_.back().end = cursor_ = end;
    } else {
      Gap(begin);
      Add(InlinePiece::Kind::kCode, begin, end);
    }
    const std::string_view tag = bytes_.substr(pieces_.back().begin, end - pieces_.back().begin);
    const std::vector<HtmlToken> tokens = LexHtml(tag);
    html_open_ = tag.back() != '>';
    if (html_open_ || tokens.size() != 1) return;
    const InlinePiece piece = html_pairs_.Tag(tokens[0], pieces_.back().begin, end);
    pieces_.back() = piece;
  }

  // The code span that has just ended: between runs of as many backticks.
  void CodeSpan() {
    if (code_begin_ == kNowhere) return;
    size_t open = code_begin_;
    while (open > start_ && bytes_[open - 1] != '`' && open + 2 > code_begin_) --open;
    size_t run = 0;
    while (open > start_ && bytes_[open - 1] == '`') {
      --open;
      ++run;
    }
    size_t close = code_end_;
    size_t found = 0;
    while (close < bytes_.size()) {
      found = 0;
      while (close < bytes_.size() && bytes_[close] == '`') {
        ++close;
        ++found;
      }
      if (found == run) break;
      ++close;
    }
    if (run == 0 || found != run) return;
    events_.pop_back();
    Gap(open);
    Add(InlinePiece::Kind::kCode, open, close);
  }

  // What stands between the last piece and the one that begins at `begin`.
  void Gap(size_t begin) {
    std::vector<Event> events;
    events.swap(events_);
    html_open_ = false;
    if (cursor_ == kNowhere) return Lead(events, begin);
    if (cursor_ > begin) return;
    const size_t kept = pieces_.size();
    const size_t from = cursor_;
    size_t at = from;
    bool fits = true;
    bool breaks = false;
    for (const Event& event : events) {
      breaks = breaks || event.kind == Event::Kind::kHardBreak;
      const size_t length = fits ? matcher_.Length(event, at, begin) : kNowhere;
      fits = length != kNowhere;
      if (!fits) continue;
      AddEvent(event, at, at + length);
      at += length;
    }
    if (fits && at == begin) return;
    // Markup that is not understood is one code, whole; a break ends the segment.
    pieces_.resize(kept);
    if (from < begin) Add(breaks ? InlinePiece::Kind::kBreak : InlinePiece::Kind::kCode, from, begin);
  }

  // The markup in front of a paragraph's first text, read backwards: only what opens can stand there and be needed.
  void Lead(const std::vector<Event>& events, size_t begin) {
    std::vector<std::pair<const Event*, size_t>> found;
    size_t at = begin;
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (event->kind != Event::Kind::kOpen) break;
      const size_t length = event->span == MD_SPAN_STRONG || event->span == MD_SPAN_IMG ? 2 : 1;
      const size_t two =
          event->span == MD_SPAN_DEL && at >= start_ + 2 && bytes_.substr(at - 2, 2) == "~~" ? 2 : length;
      if (at < start_ + two || matcher_.Length(*event, at - two, at) != two) break;
      at -= two;
      found.emplace_back(&*event, at);
    }
    for (auto it = found.rbegin(); it != found.rend(); ++it) {
      const auto next = std::next(it);
      AddEvent(*it->first, it->second, next == found.rend() ? begin : next->second);
    }
    cursor_ = begin;
  }

  void AddEvent(const Event& event, size_t begin, size_t end) {
    switch (event.kind) {
      case Event::Kind::kSoftBreak: Add(InlinePiece::Kind::kText, begin, end).text = " "; return;
      case Event::Kind::kHardBreak: Add(InlinePiece::Kind::kBreak, begin, end); return;
      case Event::Kind::kCodeSpan: return;
      case Event::Kind::kOpen:
      case Event::Kind::kClose: {
        InlinePiece& piece = Add(InlinePiece::Kind::kCode, begin, end);
        piece.code = event.kind == Event::Kind::kOpen ? Code::Kind::kOpen : Code::Kind::kClose;
        piece.pair = event.pair;
      }
    }
  }

  InlinePiece& Add(InlinePiece::Kind kind, size_t begin, size_t end) {
    cursor_ = end;
    return pieces_.emplace_back(InlinePiece{kind, begin, end, {}, Code::Kind::kStandalone, 0});
  }

  // Ends the paragraph: what closes behind its last text belongs to it.
  void Flush() {
    if (cursor_ != kNowhere) {
      size_t at = cursor_;
      for (const Event& event : events_) {
        const size_t length = matcher_.Length(event, at, bytes_.size());
        if (event.kind != Event::Kind::kClose || length == kNowhere) break;
        AddEvent(event, at, at + length);
        at += length;
      }
      on_paragraph_(pieces_);
    }
    pieces_.clear();
    events_.clear();
    open_.clear();
    next_pair_ = 1;
    html_pairs_ = HtmlPairs(&next_pair_);
    html_open_ = in_code_ = false;
    cursor_ = kNowhere;
  }

  const std::string_view bytes_;
  const size_t start_;
  const MarkupMatcher matcher_;
  const OnParagraph on_paragraph_;
  std::vector<InlinePiece> pieces_;  // of the open paragraph
  std::vector<Event> events_;        // since the last piece
  std::vector<uint32_t> open_;       // spans, by their number as a pair
  uint32_t next_pair_ = 1;
  HtmlPairs html_pairs_{&next_pair_};
  size_t cursor_ = kNowhere;  // where the last piece ends
  bool verbatim_ = false;     // in a block that is not read
  bool in_code_ = false;
  bool html_open_ = false;  // the last piece is a tag whose end is still to come
  size_t code_begin_ = kNowhere, code_end_ = kNowhere;
};

// The length of the front matter: lines between "---" and "---" at the start, which hold settings.
size_t FrontMatter(std::string_view text) {
  const auto line_at = [text](size_t at) {
    std::string_view line = text.substr(at, text.find('\n', at) - at);
    while (!line.empty() && (IsBlankByte(line.back()) || line.back() == '\r')) line.remove_suffix(1);
    return line;
  };
  if (line_at(0) != "---") return 0;
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const std::string_view line = line_at(at + 1);
    if (line == "---" || line == "...") return std::min(text.find('\n', at + 1), text.size());
  }
  return 0;
}

class MarkdownDocument : public SlotDocument {
 public:
  MarkdownDocument(const DocumentOptions& options, std::string bytes)
      : SlotDocument(DocumentFormat::kMarkdown, options, std::move(bytes)) {}

  absl::Status Read() {
    size_t start = TextStart(bytes_);
    start += FrontMatter(std::string_view(bytes_).substr(start));
    MarkdownParser parser(bytes_, start, [this](const std::vector<InlinePiece>& pieces) { AddParagraph(pieces); });
    return parser.Run() ? cut() : ResourceExhausted("no memory to read it as Markdown");
  }

  // Written and read again, a translation must be the same: emphasis, for one, depends on the characters around it.
  bool CanHold(size_t index, const Content& target) const override {
    if (!SlotDocument::CanHold(index, target)) return false;
    const Content& source = segments_[index].source;
    // What rests on other lines, such as the target of a link, cannot be read by itself.
    if (ReadAlone(std::string(SlotBytes(index))) != Outline(source)) return true;
    return ReadAlone(Encode(index, target)) == Outline(target);
  }

 private:
  // Text and codes in their order, numbers of pairs apart.
  static std::string Outline(const Content& content) {
    std::string outline;
    ForEachPiece(
        content, [&](std::string_view text) { outline += Unfolded(text); },
        [&](size_t k) { outline += '\x01' + content.codes[k].data + '\x02'; });
    return outline;
  }

  // A line end inside a paragraph is as good as a blank.
  static std::string Unfolded(std::string_view text) {
    std::string out(text);
    std::replace(out.begin(), out.end(), '\n', ' ');
    return out;
  }

  // The outline of the one paragraph that `text` is; something else if it is none.
  static std::string ReadAlone(const std::string& text) {
    std::string outline;
    int paragraphs = 0;
    MarkdownParser parser(text, 0, [&](const std::vector<InlinePiece>& pieces) {
      ++paragraphs;
      for (const InlinePiece& piece : pieces) {
        const std::string bytes = text.substr(piece.begin, piece.end - piece.begin);
        switch (piece.kind) {
          case InlinePiece::Kind::kVerbatim: outline += bytes; break;
          case InlinePiece::Kind::kText: outline += piece.text; break;
          case InlinePiece::Kind::kCode: outline += '\x01' + bytes + '\x02'; break;
          case InlinePiece::Kind::kBreak: outline += '\n'; break;
        }
      }
    });
    return parser.Run() && paragraphs == 1 ? outline : "\x03";
  }

  void Escape(std::string_view text, size_t, std::string* out) const override {
    const bool first = out->empty();
    for (size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (IsLineEnd(c)) {
        out->push_back(' ');
        continue;
      }
      if (NeedsEscape(text, i) || (first && OpensBlock(text, i))) out->push_back('\\');
      out->push_back(c);
    }
  }

  // Whether the character would be markup within a line.
  static bool NeedsEscape(std::string_view text, size_t i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    switch (text[i]) {
      case '*':
      case '[':
      case ']':
      case '`':
      case '|':
      case '~': return true;
      case '\\': return next == '\0' || IsPunctuation(next);
      case '_': return i == 0 || next == '\0' || !IsWordByte(text[i - 1]) || !IsWordByte(next);
      case '<': return IsWordByte(next) || next == '/' || next == '!' || next == '?' || next == '\0';
      case '&': return ReferenceLength(text.substr(i)) > 0;
      default: return false;
    }
  }

  // Whether the character would make a heading, list or quotation of a line that begins with it.
  static bool OpensBlock(std::string_view text, size_t i) {
    const char c = text[i];
    if (i == 0) return c == '#' || c == '>' || c == '-' || c == '+' || c == '=';
    return (c == '.' || c == ')') && i < 10 &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(i),
                       [](char digit) { return absl::ascii_isdigit(static_cast<unsigned char>(digit)); });
  }
};

}  // namespace

ParsedDocument NewMarkdownDocument(const DocumentOptions& options, std::string bytes) {
  auto document = std::make_unique<MarkdownDocument>(options, std::move(bytes));
  RETURN_IF_ERROR(document->Read());
  return ParsedDocument(std::move(document));
}

}  // namespace reprise
