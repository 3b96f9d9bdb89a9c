// A sentence as pieces that can be moved about: what the generator perturbs and splices.
//
//   Sentence s = CutSentence(text);      // the pieces joined give the text back, byte for byte
//   std::vector<uint32_t> words = WordsOf(s.pieces);
//
// Pieces are the product's own tokens on the raw text, so a language without spaces is cut as a lookup cuts it.
// Plain values; the views are valid as long as the text (and whoever made new words) lives. Safe to call concurrently.
#ifndef REPRISE_BENCH_CORPUS_GENERATOR_SENTENCE_H_
#define REPRISE_BENCH_CORPUS_GENERATOR_SENTENCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reprise::bench {

enum class PieceKind : uint8_t { kWord, kNumber, kOther };

struct Piece {
  std::string_view gap;   // what stands before it: white space mostly, often nothing
  std::string_view text;  // never empty
  PieceKind kind = PieceKind::kOther;
};

struct Sentence {
  std::vector<Piece> pieces;
  std::string_view tail;  // what follows the last piece
};

// The pieces of `text`, of which the result holds views. REQUIRES: valid UTF-8.
Sentence CutSentence(std::string_view text);

// Appends the sentence's text to `out`.
void AppendText(const Sentence& sentence, std::string* out);

// Indices of the pieces that are words, in order.
void WordsOf(const std::vector<Piece>& pieces, std::vector<uint32_t>* words);

// Number of tokens, as the product counts them.
size_t TokenCount(std::string_view text);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CORPUS_GENERATOR_SENTENCE_H_
