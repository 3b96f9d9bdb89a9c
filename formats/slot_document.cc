#include "formats/slot_document.h"

#include <algorithm>
#include <map>
#include <utility>

#include "formats/code_pairs.h"
#include "formats/document_factories.h"

namespace reprise {
namespace {

constexpr std::string_view kMarkOpen = "⟦";
constexpr std::string_view kMarkClose = "⟧";

uint32_t CodePoints(std::string_view text) {
  return static_cast<uint32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

// The pieces of one paragraph while it is cut.
class SlotDocument::Paragraph {
 public:
  Paragraph(std::string_view bytes, const std::vector<InlinePiece>& pieces) : bytes_(bytes), pieces_(pieces) {
    mates_.assign(pieces.size(), kNone);
    std::map<uint32_t, size_t> open;
    for (size_t i = 0; i < pieces.size(); ++i) {
      starts_.push_back(text_.size());
      const InlinePiece& piece = pieces[i];
      if (piece.kind == InlinePiece::Kind::kVerbatim) text_ += Bytes(i);
      if (piece.kind == InlinePiece::Kind::kText) text_ += piece.text;
      if (piece.kind == InlinePiece::Kind::kBreak) text_ += '\n';  // ends a sentence
      if (piece.kind != InlinePiece::Kind::kCode || piece.pair == 0) continue;
      if (piece.code == Code::Kind::kOpen) {
        open[piece.pair] = i;
      } else if (const auto it = open.find(piece.pair); it != open.end()) {
        mates_[i] = it->second;
        mates_[it->second] = i;
        open.erase(it);
      }
    }
    starts_.push_back(text_.size());
  }

  const std::string& text() const { return text_; }

  // The content and the bytes of the sentence at [begin, end) of text(). Sentences are asked for in order.
  Content Take(size_t begin, size_t end, Slot* slot) {
    while (starts_[at_ + 1] <= begin) ++at_;
    size_t first = at_, last = at_;
    while (starts_[last + 1] < end) ++last;
    const size_t text_first = first, text_last = last;
    size_t lead = first, trail = last;
    while (starts_[first] == begin && lead > taken_ && IsCode(lead - 1)) --lead;
    while (starts_[last + 1] == end && trail + 1 < pieces_.size() && IsCode(trail + 1)) ++trail;
    AddMates(lead, trail, &first, &last);
    taken_ = last + 1;
    slot->begin = first < text_first ? pieces_[first].begin : ByteOf(text_first, begin, false);
    slot->end = last > text_last ? pieces_[last].end : ByteOf(text_last, end, true);
    return MakeContent(first, last, begin, end);
  }

 private:
  static constexpr size_t kNone = SIZE_MAX;

  bool IsCode(size_t i) const { return pieces_[i].kind == InlinePiece::Kind::kCode; }
  std::string_view Bytes(size_t i) const { return bytes_.substr(pieces_[i].begin, pieces_[i].end - pieces_[i].begin); }

  // Widens [*first, *last] within [lead, trail] until every code in it has its mate, where that can be had.
  void AddMates(size_t lead, size_t trail, size_t* first, size_t* last) const {
    std::vector<size_t> todo;
    for (size_t i = *first; i <= *last; ++i) todo.push_back(i);
    while (!todo.empty()) {
      const size_t mate = mates_[todo.back()];
      todo.pop_back();
      if (mate == kNone || mate < lead || mate > trail) continue;
      while (mate < *first) todo.push_back(--*first);
      while (mate > *last) todo.push_back(++*last);
    }
  }

  size_t ByteOf(size_t piece, size_t at, bool end) const {
    if (pieces_[piece].kind == InlinePiece::Kind::kVerbatim) return pieces_[piece].begin + (at - starts_[piece]);
    return end ? pieces_[piece].end : pieces_[piece].begin;
  }

  Content MakeContent(size_t first, size_t last, size_t begin, size_t end) const {
    Content content;
    content.text = text_.substr(begin, end - begin);
    std::map<size_t, uint32_t> numbers;  // of pairs, by the place of their open code
    uint32_t points = 0;
    for (size_t i = first; i <= last; ++i) {
      if (!IsCode(i)) {
        const size_t from = std::max(starts_[i], begin), to = std::min(starts_[i + 1], end);
        if (from < to) points += CodePoints(std::string_view(text_).substr(from, to - from));
        continue;
      }
      Code& code = content.codes.emplace_back();
      code.position = points;
      code.kind = pieces_[i].code;
      code.data = std::string(Bytes(i));
      const size_t mate = mates_[i];
      if (mate == kNone || mate < first || mate > last) continue;
      const auto number = static_cast<uint32_t>(numbers.size() + 1);
      code.pair_id = numbers.emplace(std::min(i, mate), number).first->second;
    }
    return content;
  }

  const std::string_view bytes_;
  const std::vector<InlinePiece>& pieces_;
  std::string text_;
  std::vector<size_t> starts_;  // where each piece begins in text_, and the end
  std::vector<size_t> mates_;   // by piece
  size_t at_ = 0;               // the piece of the last sentence's begin
  size_t taken_ = 0;            // pieces before it belong to earlier sentences
};

std::vector<Sentence> SlotDocument::Cut(std::string_view text) {
  if (options_.rules == nullptr) return SplitSentences(text, options_.source_locale);
  if (!cut_.ok()) return {};
  absl::StatusOr<std::vector<Sentence>> sentences = SplitSentences(text, *options_.rules);
  if (sentences.ok()) return std::move(sentences).value();
  cut_ = sentences.status();
  return {};
}

void SlotDocument::AddParagraph(const std::vector<InlinePiece>& pieces) {
  if (pieces.empty()) return;
  Paragraph paragraph(bytes_, pieces);
  size_t at = 0;
  uint32_t number = 0;
  for (const Sentence& sentence : Cut(paragraph.text())) {
    const size_t begin = at + sentence.before.size();
    at = begin + sentence.text.size();
    if (number == 0) ++paragraphs_;
    DocumentSegment segment;
    segment.paragraph = paragraphs_;
    segment.sentence = ++number;
    Slot slot{};
    segment.source = paragraph.Take(begin, at, &slot);
    AddSegment(std::move(segment), slot.begin, slot.end);
  }
}

void SlotDocument::AddSegment(DocumentSegment segment, size_t begin, size_t end) {
  segments_.push_back(std::move(segment));
  // A character of several code points may be cut by a sentence's end: its bytes are the first one's.
  const size_t least = taken_;
  slots_.push_back({std::max(begin, least), std::max(end, least)});
  taken_ = slots_.back().end;
}

void SlotDocument::AddAttribute(std::string text, size_t tag_begin, size_t tag_end, size_t begin, size_t end) {
  DocumentSegment segment;
  segment.paragraph = ++paragraphs_;
  segment.sentence = 1;
  segment.source.text = std::move(text);
  segment.alternative = true;
  segments_.push_back(std::move(segment));
  slots_.push_back({begin, end, tag_begin, tag_end});
}

std::string_view SlotDocument::SlotBytes(size_t index) const {
  return std::string_view(bytes_).substr(slots_[index].begin, slots_[index].end - slots_[index].begin);
}

std::string SlotDocument::Encode(size_t index, const Content& content) const { return Encode(index, content, {}); }

std::string SlotDocument::Encode(size_t index, const Content& content,
                                 const std::map<std::string, std::string>& codes) const {
  std::string out;
  ForEachPiece(
      content, [&](std::string_view text) { Escape(text, index, &out); },
      [&](size_t k) {
        const auto changed = codes.find(content.codes[k].data);
        out += changed == codes.end() ? content.codes[k].data : changed->second;
      });
  return out;
}

std::vector<SlotDocument::Edit> SlotDocument::AttributeEdits(const std::vector<SegmentDraft>& drafts) const {
  std::vector<Edit> edits;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (!slot.IsAttribute() || drafts[i].kind == SegmentDraft::Kind::kKeep) continue;
    Edit& edit = edits.emplace_back(Edit{slot.begin, slot.end, {}});
    if (drafts[i].kind == SegmentDraft::Kind::kMark) {
      edit.text.append(kMarkOpen).append(SlotBytes(i)).append(kMarkClose);
      continue;
    }
    const char quote = bytes_[slot.begin - 1];
    const bool quoted = (quote == '"' || quote == '\'') && slot.end < slot.tag_end && bytes_[slot.end] == quote;
    edit.begin -= quoted;
    edit.end += quoted;
    EscapeAttribute(drafts[i].target.text, &edit.text);
  }
  std::sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  return edits;
}

std::string SlotDocument::Edited(size_t begin, size_t end, const std::vector<Edit>& edits) const {
  std::string out;
  auto edit =
      std::lower_bound(edits.begin(), edits.end(), begin, [](const Edit& e, size_t at) { return e.begin < at; });
  for (; edit != edits.end() && edit->end <= end; ++edit) {
    out.append(bytes_, begin, edit->begin - begin).append(edit->text);
    begin = edit->end;
  }
  return out.append(bytes_, begin, end - begin);
}

std::string SlotDocument::Draft(const std::vector<SegmentDraft>& drafts, const std::string&) const {
  const std::vector<Edit> edits = AttributeEdits(drafts);
  std::map<std::string, std::string> codes;  // tags with changed attributes
  for (const Slot& slot : slots_) {
    if (!slot.IsAttribute() || edits.empty()) continue;
    std::string tag = bytes_.substr(slot.tag_begin, slot.tag_end - slot.tag_begin);
    std::string changed = Edited(slot.tag_begin, slot.tag_end, edits);
    if (changed != tag) codes.emplace(std::move(tag), std::move(changed));
  }
  std::string out;
  size_t at = 0;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].IsAttribute()) continue;
    out += Edited(at, slots_[i].begin, edits);
    at = slots_[i].end;
    switch (drafts[i].kind) {
      case SegmentDraft::Kind::kKeep: out += Edited(slots_[i].begin, at, edits); break;
      case SegmentDraft::Kind::kMark:
        out += kMarkOpen;
        out += Edited(slots_[i].begin, at, edits);
        out += kMarkClose;
        break;
      case SegmentDraft::Kind::kFill: out += Encode(i, drafts[i].target, codes); break;
    }
  }
  return out + Edited(at, bytes_.size(), edits);
}

namespace {

class TextDocument : public SlotDocument {
 public:
  TextDocument(const DocumentOptions& options, std::string bytes)
      : SlotDocument(DocumentFormat::kText, options, std::move(bytes)) {}

  absl::Status Read() {
    size_t at = 0;
    for (Sentence& sentence : Cut(bytes_)) {
      const size_t begin = at + sentence.before.size();
      at = begin + sentence.text.size();
      DocumentSegment segment;
      segment.paragraph = sentence.paragraph;
      segment.sentence = sentence.sentence;
      segment.source.text = std::move(sentence.text);
      AddSegment(std::move(segment), begin, at);
    }
    return cut();
  }

 private:
  void Escape(std::string_view text, size_t, std::string* out) const override { out->append(text); }
};

}  // namespace

ParsedDocument NewTextDocument(const DocumentOptions& options, std::string bytes) {
  auto document = std::make_unique<TextDocument>(options, std::move(bytes));
  RETURN_IF_ERROR(document->Read());
  return ParsedDocument(std::move(document));
}

}  // namespace reprise
