// HTML: tags (html_lexer.h) -> paragraphs -> sentences. Elements that stand within a line are inline codes, all others
// end a paragraph. Tested by tests/formats/html_document_test.cc.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "formats/document_factories.h"
#include "formats/entities.h"
#include "formats/html_lexer.h"
#include "formats/html_pieces.h"
#include "formats/slot_document.h"
#include "formats/xml_escape.h"

namespace reprise {
namespace {

// Blocks whose content is no language, or not to be touched.
bool IsOpaqueBlock(std::string_view name) { return IsOneOf(name, {"pre", "template", "object", "applet"}); }

bool IsHtmlSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

class HtmlDocument : public SlotDocument {
 public:
  HtmlDocument(const DocumentOptions& options, std::string bytes)
      : SlotDocument(DocumentFormat::kHtml, options, std::move(bytes)) {}

  absl::Status Read() {
    const size_t start = TextStart(bytes_);
    tokens_ = LexHtml(std::string_view(bytes_).substr(start));
    for (HtmlToken& token : tokens_) {
      token.begin += start;
      token.end += start;
    }
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == HtmlToken::Kind::kStart && tokens_[i].name == "meta") RETURN_IF_ERROR(Charset(tokens_[i]));
      i = Token(i);
    }
    Flush();
    return cut();
  }

 private:
  std::string_view Bytes(const HtmlToken& token) const {
    return std::string_view(bytes_).substr(token.begin, token.end - token.begin);
  }

  // A translation has characters that another charset may lack, and the bytes would be taken for others.
  absl::Status Charset(const HtmlToken& meta) const {
    std::string_view value, content;
    bool said = FindHtmlAttribute(Bytes(meta), "charset", &value);
    if (!said && FindHtmlAttribute(Bytes(meta), "content", &content)) {
      constexpr std::string_view kName = "charset=";
      const size_t at = content.find(kName);
      said = at != std::string_view::npos;
      if (said) value = content.substr(at + kName.size());
      value = value.substr(0, value.find_first_of("; "));
    }
    const std::string charset = absl::AsciiStrToLower(absl::string_view(value.data(), value.size()));
    if (!said || charset == "utf-8" || charset == "utf8") return absl::OkStatus();
    const auto line = std::count(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(meta.begin), '\n') + 1;
    return InvalidArgument(absl::StrCat("line ", line, ": says that its charset is ", charset.substr(0, 40),
                                        "; convert the file and the <meta> to UTF-8"));
  }

  // Takes the token at `i`. Returns the last token that was taken with it.
  size_t Token(size_t i) {
    const HtmlToken& token = tokens_[i];
    switch (token.kind) {
      case HtmlToken::Kind::kText: Text(token); return i;
      case HtmlToken::Kind::kComment: pieces_.push_back(CodePiece(token.begin, token.end)); return i;
      case HtmlToken::Kind::kRaw: Flush(); return i;
      case HtmlToken::Kind::kEnd:
      case HtmlToken::Kind::kStart: break;
    }
    const bool start = token.kind == HtmlToken::Kind::kStart;
    const bool inline_tag = IsInlineHtml(token.name);
    if (start && token.mate != HtmlToken::kNoMate && IsOpaque(token)) {
      const size_t end = tokens_[token.mate].end;
      if (inline_tag) {
        pieces_.push_back(CodePiece(token.begin, end));
      } else {
        Flush();
      }
      return token.mate;
    }
    if (token.name == "br" && start) {
      pieces_.push_back({InlinePiece::Kind::kBreak, token.begin, token.end, {}, {}, 0});
    } else if (inline_tag) {
      pieces_.push_back(pairs_.Tag(token, token.begin, token.end));
    } else {
      Flush();
    }
    if (start) tags_.push_back(i);
    if (!inline_tag) AddAttributes();
    return i;
  }

  // What people read of the tags since the last paragraph, or of the tag that ended it.
  void AddAttributes() {
    for (const size_t i : tags_) {
      const HtmlToken& tag = tokens_[i];
      for (const char* name : {"alt", "title"}) {
        std::string_view value;
        if (!FindHtmlAttribute(Bytes(tag), name, &value)) continue;
        std::string text = Decoded(value);
        if (std::all_of(text.begin(), text.end(), IsHtmlSpace)) continue;
        const auto begin = static_cast<size_t>(value.data() - bytes_.data());
        AddAttribute(std::move(text), tag.begin, tag.end, begin, begin + value.size());
      }
    }
    tags_.clear();
  }

  // A value with its references as what they stand for; what stands for nothing is text.
  static std::string Decoded(std::string_view value) {
    std::string text;
    for (size_t at = 0; at < value.size();) {
      const size_t length = value[at] == '&' ? ReferenceLength(value.substr(at)) : 0;
      const auto decoded = length > 0 ? DecodeReference(value.substr(at, length)) : std::nullopt;
      const size_t end = at + std::max<size_t>(length, 1);
      if (decoded) {
        text += *decoded;
      } else {
        text += value.substr(at, end - at);
      }
      at = end;
    }
    return text;
  }

  bool IsOpaque(const HtmlToken& token) const {
    if (IsOpaqueHtml(token.name) || IsOpaqueBlock(token.name)) return true;
    std::string_view translate;
    return FindHtmlAttribute(Bytes(token), "translate", &translate) &&
           absl::EqualsIgnoreCase(absl::string_view(translate.data(), translate.size()), "no");
  }

  static InlinePiece CodePiece(size_t begin, size_t end) {
    return {InlinePiece::Kind::kCode, begin, end, {}, Code::Kind::kStandalone, 0};
  }

  // White space counts as one blank, references as what they stand for.
  void Text(const HtmlToken& token) {
    size_t from = token.begin;
    const auto plain = [&](size_t to) {
      if (from < to) pieces_.push_back({InlinePiece::Kind::kVerbatim, from, to, {}, {}, 0});
    };
    for (size_t at = token.begin; at < token.end;) {
      size_t end = at;
      std::optional<std::string> text;
      if (IsHtmlSpace(bytes_[at])) {
        while (end < token.end && IsHtmlSpace(bytes_[end])) ++end;
        text = " ";
      } else if (bytes_[at] == '&') {
        const size_t length = ReferenceLength(std::string_view(bytes_).substr(at, token.end - at));
        if (length > 0) {
          end = at + length;
          text = DecodeReference(std::string_view(bytes_).substr(at, length));
          if (!text) {
            plain(at);
            pieces_.push_back(CodePiece(at, end));
            at = from = end;
            continue;
          }
        }
      }
      if (!text || (end == at + 1 && bytes_[at] == ' ')) {
        at = std::max(end, at + 1);
        continue;
      }
      plain(at);
      pieces_.push_back({InlinePiece::Kind::kText, at, end, *text, {}, 0});
      at = from = end;
    }
    plain(token.end);
  }

  void Flush() {
    AddParagraph(pieces_);
    AddAttributes();
    pieces_.clear();
    next_pair_ = 1;
    pairs_ = HtmlPairs(&next_pair_);
  }

  void Escape(std::string_view text, size_t, std::string* out) const override { XmlEscaper().Text(text, out); }
  void EscapeAttribute(std::string_view text, std::string* out) const override {
    out->push_back('"');
    XmlEscaper().Attribute(text, out);
    out->push_back('"');
  }

  std::vector<HtmlToken> tokens_;
  std::vector<InlinePiece> pieces_;  // of the open paragraph
  std::vector<size_t> tags_;         // start tags whose attributes are not added yet
  uint32_t next_pair_ = 1;
  HtmlPairs pairs_{&next_pair_};
};

}  // namespace

bool IsInlineHtml(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "a",      "abbr",   "acronym", "audio",   "b",        "basefont", "bdi",    "bdo",    "big",   "br",
      "button", "canvas", "cite",    "code",    "data",     "del",      "dfn",    "em",     "embed", "font",
      "i",      "img",    "input",   "ins",     "kbd",      "label",    "map",    "area",   "mark",  "math",
      "meter",  "nobr",   "output",  "picture", "progress", "q",        "rb",     "rp",     "rt",    "ruby",
      "s",      "samp",   "slot",    "small",   "source",   "span",     "strike", "strong", "sub",   "sup",
      "svg",    "time",   "track",   "tt",      "u",        "var",      "video",  "wbr"};
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         name.find_first_of("-:") != std::string_view::npos;
}

bool IsOpaqueHtml(std::string_view name) {
  return IsOneOf(name, {"code", "kbd", "samp", "var", "svg", "math", "audio", "video", "canvas"});
}

InlinePiece HtmlPairs::Tag(const HtmlToken& token, size_t begin, size_t end) {
  InlinePiece piece{InlinePiece::Kind::kCode, begin, end, {}, Code::Kind::kStandalone, 0};
  if (token.void_tag || token.kind == HtmlToken::Kind::kComment) return piece;
  std::vector<uint32_t>& open = open_[token.name];
  if (token.kind == HtmlToken::Kind::kStart) {
    piece.code = Code::Kind::kOpen;
    piece.pair = (*next_)++;
    open.push_back(piece.pair);
  } else {
    piece.code = Code::Kind::kClose;
    if (open.empty()) return piece;
    piece.pair = open.back();
    open.pop_back();
  }
  return piece;
}

ParsedDocument NewHtmlDocument(const DocumentOptions& options, std::string bytes) {
  auto document = std::make_unique<HtmlDocument>(options, std::move(bytes));
  RETURN_IF_ERROR(document->Read());
  return ParsedDocument(std::move(document));
}

}  // namespace reprise
