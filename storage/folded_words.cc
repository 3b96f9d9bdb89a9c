#include "storage/folded_words.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "storage/run.h"
#include "text/char_fold.h"

namespace reprise {

FoldedWords::FoldedWords(const RunLexicon& lexicon) {
  std::vector<uint32_t> words, marks;
  for (uint32_t word = 0; word < lexicon.words(); ++word) {
    switch (AtomKindOf(lexicon.WordText(word), lexicon.WordClass(word))) {
      case AtomKind::kWord: words.push_back(word); break;
      case AtomKind::kMark: marks.push_back(word); break;
      case AtomKind::kCharacter: spaceless_.push_back(word); break;
      case AtomKind::kPlaceable: placeables_.push_back(word); break;
    }
  }
  words_ = Sort(lexicon, std::move(words));
  marks_ = Sort(lexicon, std::move(marks));
}

FoldedWords::Sorted FoldedWords::Sort(const RunLexicon& lexicon, std::vector<uint32_t> words) {
  std::vector<std::pair<std::string, uint32_t>> folded(words.size());
  size_t bytes = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    FoldWord(lexicon.WordText(words[i]), &folded[i].first);
    folded[i].second = words[i];
    bytes += folded[i].first.size() + 1;
  }
  std::sort(folded.begin(), folded.end());
  Sorted out;
  out.text.reserve(bytes);
  out.starts.reserve(words.size() + 1);
  out.words = std::move(words);
  for (size_t i = 0; i < folded.size(); ++i) {
    out.starts.push_back(static_cast<uint32_t>(out.text.size()));
    out.text.append(folded[i].first).push_back('\0');
    out.words[i] = folded[i].second;
  }
  out.starts.push_back(static_cast<uint32_t>(out.text.size()));
  return out;
}

void FoldedWords::ForEach(const AtomPattern& pattern, const std::function<void(uint32_t word)>& visit) const {
  if (pattern.kind == AtomKind::kPlaceable) {
    for (uint32_t word : placeables_) visit(word);  // the index does not know which one it is
    return;
  }
  const Sorted& sorted = pattern.kind == AtomKind::kMark ? marks_ : words_;
  if (pattern.open_front || pattern.fuzzy) {
    FindPart(sorted, pattern, visit);
  } else {
    FindPrefix(sorted, pattern, visit);
  }
}

void FoldedWords::FindPrefix(const Sorted& sorted, const AtomPattern& pattern,
                             const std::function<void(uint32_t word)>& visit) {
  size_t begin = 0;
  for (size_t end = sorted.words.size(); begin < end;) {
    const size_t middle = begin + (end - begin) / 2;
    if (sorted.At(middle) < pattern.text) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  for (; begin < sorted.words.size() && pattern.TakesText(sorted.At(begin), false); ++begin) visit(sorted.words[begin]);
}

void FoldedWords::FindPart(const Sorted& sorted, const AtomPattern& pattern,
                           const std::function<void(uint32_t word)>& visit) {
  constexpr size_t kRare = 3;  // a shorter part is in so many words that looking at each costs less than searching
  if (pattern.fuzzy || pattern.text.size() < kRare) {
    for (size_t i = 0; i < sorted.words.size(); ++i) {
      if (pattern.TakesText(sorted.At(i), false)) visit(sorted.words[i]);
    }
    return;
  }
  const char* const text = sorted.text.data();
  auto find = [&](size_t from) {
    return static_cast<const char*>(
        memmem(text + from, sorted.text.size() - from, pattern.text.data(), pattern.text.size()));
  };
  for (const char* at = find(0); at != nullptr;) {
    const auto after = std::upper_bound(sorted.starts.begin(), sorted.starts.end(), static_cast<uint32_t>(at - text));
    const auto i = static_cast<size_t>(after - sorted.starts.begin()) - 1;
    if (pattern.TakesText(sorted.At(i), false)) visit(sorted.words[i]);
    at = find(*after);
  }
}

}  // namespace reprise
