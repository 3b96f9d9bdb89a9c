#include "bench/corpus_generator/pool.h"

#include <utility>

namespace reprise::bench {
namespace {

// " " if at least half of the words that follow another piece have a gap before them.
std::string_view SpaceOf(const std::vector<Sentence>& sentences) {
  size_t apart = 0, together = 0;
  for (const Sentence& sentence : sentences) {
    for (size_t i = 1; i < sentence.pieces.size(); ++i) {
      if (sentence.pieces[i].kind != PieceKind::kWord) continue;
      ++(sentence.pieces[i].gap.empty() ? together : apart);
    }
  }
  return apart >= together ? " " : "";
}

}  // namespace

Pool::Pool(std::vector<Pair> pairs) : pairs_(std::move(pairs)) {
  for (const Pair& pair : pairs_) {
    sources_.push_back(CutSentence(pair.source));
    targets_.push_back(CutSentence(pair.target));
  }
  source_space_ = SpaceOf(sources_);
  target_space_ = SpaceOf(targets_);
  for (size_t i = 0; i < pairs_.size(); ++i) AddWords(i);
  Measure();
}

void Pool::AddWords(size_t i) {
  const std::vector<Piece>&s = sources_[i].pieces, &t = targets_[i].pieces;
  std::vector<uint32_t> source_words, target_words;
  WordsOf(s, &source_words);
  WordsOf(t, &target_words);
  if (target_words.empty()) return;
  for (size_t k = 0; k < source_words.size(); ++k) {
    const size_t other = k * target_words.size() / source_words.size();
    words_.push_back({s[source_words[k]].text, t[target_words[other]].text});
  }
  if (source_words.size() < kLeastBaseWords || target_words.size() < kLeastBaseWords || s.size() > kMostBasePieces ||
      t.size() > kMostBasePieces) {
    return;
  }
  bases_.push_back(static_cast<uint32_t>(i));
  if (s.size() <= kMostShortPieces) short_bases_.push_back(static_cast<uint32_t>(i));
  weighted_bases_.insert(weighted_bases_.end(), s.size(), static_cast<uint32_t>(i));
}

void Pool::Measure() {
  uint64_t pieces = 0, squares = 0, short_pieces = 0;
  for (const uint32_t i : bases_) {
    const uint64_t n = sources_[i].pieces.size();
    pieces += n;
    squares += n * n;
  }
  for (const uint32_t i : short_bases_) short_pieces += sources_[i].pieces.size();
  if (pieces > 0) {
    mean_even_ = 1000 * pieces / bases_.size();
    mean_long_ = 1000 * squares / pieces;
  }
  if (short_pieces > 0) mean_short_ = 1000 * short_pieces / short_bases_.size();
}

uint32_t Pool::DrawBase(const LengthMix& mix, Random* random) const {
  const uint32_t die = random->Below(1000);
  const std::vector<uint32_t>* from = &bases_;
  if (die < mix.longer) from = &weighted_bases_;
  if (die >= 1000 - mix.shorter && !short_bases_.empty()) from = &short_bases_;
  return (*from)[random->Below(static_cast<uint32_t>(from->size()))];
}

}  // namespace reprise::bench
