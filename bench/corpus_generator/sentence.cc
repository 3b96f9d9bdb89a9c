#include "bench/corpus_generator/sentence.h"

#include "text/tokenize.h"

namespace reprise::bench {
namespace {

std::vector<Token> TokensOf(std::string_view text) {
  Content content;
  content.text = std::string(text);
  return Tokenize(content);
}

// Byte offset of each code point of `text`, and its size at the end.
std::vector<uint32_t> ByteOffsets(std::string_view text) {
  std::vector<uint32_t> offsets;
  offsets.reserve(text.size() + 1);
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) offsets.push_back(static_cast<uint32_t>(i));
  }
  offsets.push_back(static_cast<uint32_t>(text.size()));
  return offsets;
}

PieceKind KindOf(TokenClass cls) {
  if (cls == TokenClass::kWord) return PieceKind::kWord;
  return cls == TokenClass::kNumber ? PieceKind::kNumber : PieceKind::kOther;
}

}  // namespace

Sentence CutSentence(std::string_view text) {
  Sentence out;
  const std::vector<uint32_t> offsets = ByteOffsets(text);
  size_t done = 0;  // bytes of `text` that are in pieces
  for (const Token& token : TokensOf(text)) {
    const size_t begin = offsets[token.begin], end = offsets[token.end];
    if (begin < done || begin == end) {
      // One raw character may be several tokens ("…" is three marks): it stays one piece.
      if (end > done && !out.pieces.empty()) {
        Piece& last = out.pieces.back();
        const size_t at = static_cast<size_t>(last.text.data() - text.data());
        last.text = text.substr(at, end - at);
        last.kind = PieceKind::kOther;
        done = end;
      }
      continue;
    }
    out.pieces.push_back({text.substr(done, begin - done), text.substr(begin, end - begin), KindOf(token.cls)});
    done = end;
  }
  out.tail = text.substr(done);
  return out;
}

void AppendText(const Sentence& sentence, std::string* out) {
  for (const Piece& piece : sentence.pieces) {
    out->append(piece.gap);
    out->append(piece.text);
  }
  out->append(sentence.tail);
}

void WordsOf(const std::vector<Piece>& pieces, std::vector<uint32_t>* words) {
  words->clear();
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind == PieceKind::kWord) words->push_back(i);
  }
}

size_t TokenCount(std::string_view text) { return TokensOf(text).size(); }

}  // namespace reprise::bench
