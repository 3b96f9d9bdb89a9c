#include "storage/word_sets.h"

#include <algorithm>
#include <utility>

#include "text/char_fold.h"

namespace reprise {

std::vector<WordSets::Element> WordSets::ElementsOf(const RowPattern& rows) {
  std::vector<Element> out;
  for (const Term& term : rows.terms) {
    for (size_t begin = 0; begin < term.patterns.size();) {
      size_t end = begin + 1;
      auto joined = [&term](size_t i) {
        const AtomPattern& p = term.patterns[i];
        return p.glued && !p.any && p.kind == AtomKind::kCharacter;
      };
      const AtomPattern& first = term.patterns[begin];
      if (!first.any && first.kind == AtomKind::kCharacter) {
        while (end < term.patterns.size() && joined(end)) ++end;
      }
      std::vector<const std::string*> run;
      for (size_t i = begin; i < end; ++i) run.push_back(&term.patterns[i].text);
      for (size_t i = begin; i < end; ++i) {
        if (!term.patterns[i].any) out.push_back({&term.patterns[i], run, i - begin});
      }
      begin = end;
    }
  }
  return out;
}

bool WordSets::Covers(const std::vector<Atom>& word, const Element& element) {
  for (size_t at = 0; at < word.size(); ++at) {
    bool fits = true;
    for (size_t i = 0; fits && i < word.size(); ++i) {
      const size_t place = element.place + i;
      if (place < at || place - at >= element.run.size()) continue;
      fits = word[i].text == *element.run[place - at];
    }
    if (fits) return true;
  }
  return false;
}

WordSets::WordSets(const RowPattern& rows, uint32_t words) : rows_(rows), elements_(ElementsOf(rows)) {
  sets_.assign(elements_.size(), Bits(words));
  if (rows.any) sets_.emplace_back(words);
  size_t first = 0;
  for (const Term& term : rows.terms) {
    phrases_.push_back({first, IsPlain(term)});
    for (const AtomPattern& pattern : term.patterns) first += pattern.any ? 0 : 1;
  }
}

void WordSets::Fill(const RunLexicon& lexicon, const FoldedWords& folded) {
  for (size_t e = 0; e < elements_.size(); ++e) {
    if (elements_[e].pattern->kind == AtomKind::kCharacter) {
      for (uint32_t word : folded.spaceless()) TryWord(lexicon, word, e);
    } else {
      folded.ForEach(*elements_[e].pattern, [&](uint32_t word) { sets_[e].Set(word); });
    }
  }
  if (!rows_.any) return;
  for (uint32_t word : folded.placeables()) TryPlaceable(lexicon, word);
  for (uint32_t word : folded.spaceless()) TryMixed(lexicon, word);
}

void WordSets::Fill(const Vocabulary& vocabulary, uint32_t words) {
  for (uint32_t word = 0; word < words; ++word) {
    if (rows_.any) TryPlaceable(vocabulary, word);
    const AtomKind kind = AtomKindOf(vocabulary.WordText(word), vocabulary.WordClass(word));
    if (rows_.any && kind == AtomKind::kCharacter) TryMixed(vocabulary, word);
    if (kind == AtomKind::kWord) FoldWord(vocabulary.WordText(word), &folded_);
    for (size_t e = 0; e < elements_.size(); ++e) {
      if (elements_[e].pattern->kind != kind) continue;
      if (kind != AtomKind::kWord) {
        TryWord(vocabulary, word, e);
      } else if (elements_[e].pattern->TakesText(folded_, false)) {
        sets_[e].Set(word);
      }
    }
  }
}

bool WordSets::Fits(const std::vector<uint32_t>& row, const Lexicon& lexicon, bool* hidden) {
  size_t held = 0;
  for (const Bits& set : sets_) {
    if (std::any_of(row.begin(), row.end(), [&set](uint32_t word) { return set.Has(word); })) {
      ++held;
      if (hidden != nullptr) *hidden = rows_.any && held == 1 && &set == &sets_.back();
    } else if (!rows_.any) {
      return false;
    }
  }
  if (rows_.any) return held != 0;
  for (size_t i = 0; i < phrases_.size(); ++i) {
    if (phrases_[i].plain && !FitsPlain(rows_.terms[i], phrases_[i].first, row, lexicon)) return false;
  }
  if (std::all_of(phrases_.begin(), phrases_.end(), [](const Phrase& phrase) { return phrase.plain; })) return true;
  atoms_.Clear();
  for (uint32_t word : row) atoms_.AddWord(lexicon.WordText(word), lexicon.WordClass(word));
  for (size_t i = 0; i < phrases_.size(); ++i) {
    if (!phrases_[i].plain && !FindTerm(rows_.terms[i], atoms_, nullptr)) return false;
  }
  return true;
}

bool WordSets::IsPlain(const Term& term) {
  if (term.patterns.size() == 1) return !term.patterns[0].any && term.patterns[0].kind != AtomKind::kCharacter;
  return !term.has_marks && std::all_of(term.patterns.begin(), term.patterns.end(), [](const AtomPattern& pattern) {
    return !pattern.any && (pattern.kind == AtomKind::kWord || pattern.kind == AtomKind::kPlaceable);
  });
}

// As FindTerm: a word is one atom, or several that no pattern of words takes.
bool WordSets::FitsPlain(const Term& term, size_t first_set, const std::vector<uint32_t>& row,
                         const Lexicon& lexicon) const {
  if (term.patterns.size() == 1) return true;
  for (size_t start = 0; start < row.size(); ++start) {
    bool fits = true;
    for (size_t p = 0, at = start; fits && p < term.patterns.size(); ++p, ++at) {
      if (p != 0 && !term.patterns[p].glued) {
        while (at < row.size() && lexicon.WordClass(row[at]) == TokenClass::kPunctuation) ++at;
      }
      fits = at < row.size() && sets_[first_set + p].Has(row[at]);
    }
    if (fits) return true;
  }
  return false;
}

void WordSets::TryWord(const Lexicon& lexicon, uint32_t word, size_t e) {
  atoms_.Clear();
  atoms_.AddWord(lexicon.WordText(word), lexicon.WordClass(word));
  const std::vector<Atom>& atoms = atoms_.atoms();
  if (atoms.empty()) return;
  const Element& element = elements_[e];
  const bool takes =
      element.pattern->kind != AtomKind::kCharacter ? element.pattern->Takes(atoms[0], false) : Covers(atoms, element);
  if (takes) sets_[e].Set(word);
}

// Terms are parts of words here, and a word that is cut into characters may hold one all the same: Thai letters stand
// beside Latin ones without a break.
void WordSets::TryMixed(const Lexicon& lexicon, uint32_t word) {
  FoldWord(lexicon.WordText(word), &folded_);
  for (size_t e = 0; e < elements_.size(); ++e) {
    if (elements_[e].pattern->TakesText(folded_, false)) sets_[e].Set(word);
  }
}

void WordSets::TryPlaceable(const Lexicon& lexicon, uint32_t word) {
  const TokenClass cls = lexicon.WordClass(word);
  if (IsPlaceable(cls) && cls != TokenClass::kNumber) sets_.back().Set(word);
}

}  // namespace reprise
