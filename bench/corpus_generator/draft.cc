#include "bench/corpus_generator/draft.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace reprise::bench {
namespace {

// One replaced or inserted word in so many is new to the corpus. Without new words each word's frequency would grow
// with the corpus, which no real memory does: names and identifiers keep coming.
constexpr uint32_t kOneNewWordIn = 100;
constexpr size_t kLeastLettersToHalve = 4;

bool IsAsciiDigit(char c) { return c >= '0' && c <= '9'; }

size_t CodePoints(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// The byte at which code point `n` of the text starts.
size_t OffsetOf(std::string_view text, size_t n) {
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80 && n-- == 0) break;
  }
  return i;
}

// The first half of one word and the second of another. Empty if either is too short to have halves.
std::string Blend(std::string_view first, std::string_view second) {
  const size_t a = CodePoints(first), b = CodePoints(second);
  if (a < kLeastLettersToHalve || b < kLeastLettersToHalve) return "";
  std::string word(first.substr(0, OffsetOf(first, a / 2)));
  word += second.substr(OffsetOf(second, b / 2));
  return word;
}

void Append(const std::vector<Piece>& from, size_t begin, std::string_view space, Sentence* to) {
  const size_t joint = to->pieces.size();
  to->pieces.insert(to->pieces.end(), from.begin() + static_cast<std::ptrdiff_t>(begin), from.end());
  if (joint == 0) return;
  Piece& next = to->pieces[joint];
  const bool would_merge = to->pieces[joint - 1].kind != PieceKind::kOther && next.kind != PieceKind::kOther;
  if (next.gap.empty() && (would_merge || begin == 0)) next.gap = space;
}

Sentence SpliceSide(const Sentence& first, const Sentence& second, uint32_t percent, std::string_view space) {
  const auto cut = [percent](const Sentence& s) { return std::max<size_t>(1, s.pieces.size() * percent / 100); };
  Sentence out;
  out.pieces.reserve(cut(first) + second.pieces.size());
  out.pieces.assign(first.pieces.begin(), first.pieces.begin() + static_cast<std::ptrdiff_t>(cut(first)));
  Append(second.pieces, std::min(cut(second), second.pieces.size() - 1), space, &out);
  out.tail = second.tail;
  return out;
}

void InsertBefore(uint32_t index, std::string_view word, std::string_view space, std::vector<Piece>* pieces) {
  const std::string_view gap = (*pieces)[index].gap;
  (*pieces)[index].gap = space;
  pieces->insert(pieces->begin() + index, Piece{gap, word, PieceKind::kWord});
}

void Erase(uint32_t index, std::vector<Piece>* pieces) {
  if (index + 1 < pieces->size() && index == 0) (*pieces)[1].gap = (*pieces)[0].gap;
  pieces->erase(pieces->begin() + index);
}

void SwapTexts(uint32_t a, uint32_t b, std::vector<Piece>* pieces) { std::swap((*pieces)[a].text, (*pieces)[b].text); }

void NumbersOf(const std::vector<Piece>& pieces, std::vector<uint32_t>* numbers) {
  numbers->clear();
  for (uint32_t i = 0; i < pieces.size(); ++i) {
    if (pieces[i].kind == PieceKind::kNumber &&
        std::any_of(pieces[i].text.begin(), pieces[i].text.end(), IsAsciiDigit)) {
      numbers->push_back(i);
    }
  }
}

// Other digits in the same shape; the first differs from what it was and is not 0.
std::string OtherNumber(std::string_view number, Random* random) {
  std::string out(number);
  bool first = true;
  for (char& c : out) {
    if (!IsAsciiDigit(c)) continue;
    const uint32_t was = static_cast<uint32_t>(c - '0');
    c = static_cast<char>('0' + (first ? (was + random->Below(8)) % 9 + 1 : random->Below(10)));
    first = false;
  }
  return out;
}

}  // namespace

Draft WholePair(const Pool& pool, uint32_t index) {
  Draft draft;
  draft.source = pool.source(index);
  draft.target = pool.target(index);
  return draft;
}

Draft Splice(const Pool& pool, uint32_t first, uint32_t second, uint32_t percent) {
  Draft draft;
  draft.source = SpliceSide(pool.source(first), pool.source(second), percent, pool.source_space());
  draft.target = SpliceSide(pool.target(first), pool.target(second), percent, pool.target_space());
  return draft;
}

void Join(const Pool& pool, uint32_t second, Draft* draft) {
  Append(pool.source(second).pieces, 0, pool.source_space(), &draft->source);
  Append(pool.target(second).pieces, 0, pool.target_space(), &draft->target);
  draft->source.tail = pool.source(second).tail;
  draft->target.tail = pool.target(second).tail;
}

Pair TextOf(const Draft& draft) {
  Pair pair;
  AppendText(draft.source, &pair.source);
  AppendText(draft.target, &pair.target);
  return pair;
}

void Editor::Edit(uint32_t edits, Draft* draft) {
  for (uint32_t i = 0; i < edits; ++i) EditOnce(draft);
}

void Editor::EditOnce(Draft* draft) {
  Place place;
  if (!PickPlace(*draft, &place)) return;
  const uint32_t die = random_.Below(10);
  if (die == 9 && ChangeNumber(draft)) return;
  if (die == 8 && Swap(place, draft)) return;
  if ((die == 6 || die == 7) && Delete(place, draft)) return;
  if (die >= 4 && die < 9) return Insert(place, draft);
  Replace(place, draft);
}

bool Editor::PickPlace(const Draft& draft, Place* place) {
  WordsOf(draft.source.pieces, &source_words_);
  WordsOf(draft.target.pieces, &target_words_);
  if (source_words_.empty() || target_words_.empty()) return false;
  place->source = random_.Below(static_cast<uint32_t>(source_words_.size()));
  place->target = place->source * target_words_.size() / source_words_.size();
  return true;
}

WordPair Editor::NewWords(Draft* draft) {
  const WordPair drawn = pool_.DrawWords(&random_);
  if (random_.Below(kOneNewWordIn) != 0) return drawn;
  const WordPair other = pool_.DrawWords(&random_);
  std::string source = Blend(drawn.source, other.source), target = Blend(drawn.target, other.target);
  if (source.empty() || target.empty()) return drawn;
  draft->made.push_front(std::move(source));
  const std::string& kept = draft->made.front();
  draft->made.push_front(std::move(target));
  return {kept, draft->made.front()};
}

void Editor::Replace(const Place& place, Draft* draft) {
  const WordPair words = NewWords(draft);
  draft->source.pieces[source_words_[place.source]].text = words.source;
  draft->target.pieces[target_words_[place.target]].text = words.target;
}

void Editor::Insert(const Place& place, Draft* draft) {
  const WordPair words = NewWords(draft);
  InsertBefore(source_words_[place.source], words.source, pool_.source_space(), &draft->source.pieces);
  InsertBefore(target_words_[place.target], words.target, pool_.target_space(), &draft->target.pieces);
}

bool Editor::Delete(const Place& place, Draft* draft) {
  if (source_words_.size() < 2 || target_words_.size() < 2) return false;
  Erase(source_words_[place.source], &draft->source.pieces);
  Erase(target_words_[place.target], &draft->target.pieces);
  return true;
}

bool Editor::Swap(const Place& place, Draft* draft) {
  if (source_words_.size() < 2 || target_words_.size() < 2) return false;
  const size_t s = std::min(place.source, source_words_.size() - 2);
  const size_t t = std::min(place.target, target_words_.size() - 2);
  SwapTexts(source_words_[s], source_words_[s + 1], &draft->source.pieces);
  SwapTexts(target_words_[t], target_words_[t + 1], &draft->target.pieces);
  return true;
}

bool Editor::ChangeNumber(Draft* draft) {
  NumbersOf(draft->source.pieces, &numbers_);
  if (numbers_.empty()) return false;
  Piece& piece = draft->source.pieces[numbers_[random_.Below(static_cast<uint32_t>(numbers_.size()))]];
  const std::string_view old = piece.text;
  draft->made.push_front(OtherNumber(old, &random_));
  piece.text = draft->made.front();
  // The target gets the same number where it had the same one, else other digits in its own shape.
  NumbersOf(draft->target.pieces, &numbers_);
  if (numbers_.empty()) return true;
  std::vector<Piece>& targets = draft->target.pieces;
  const auto same = std::find_if(numbers_.begin(), numbers_.end(), [&](uint32_t i) { return targets[i].text == old; });
  if (same != numbers_.end()) {
    targets[*same].text = piece.text;
    return true;
  }
  Piece& other = targets[numbers_[random_.Below(static_cast<uint32_t>(numbers_.size()))]];
  draft->made.push_front(OtherNumber(other.text, &random_));
  other.text = draft->made.front();
  return true;
}

}  // namespace reprise::bench
