#include "engine/correspondence.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "text/normalize.h"
#include "text/tokenize.h"
#include "text/utf8.h"

namespace reprise {
namespace {

constexpr size_t kFewestHits = 3;
constexpr double kSurprise = 10.83;  // chi squared of one degree of freedom at .001
constexpr double kLeastOfBest = .3;

// How much is learnt, a hit, from knowing that a share p of the hits rather than q holds a stem.
double Divergence(double p, double q) {
  auto part = [](double share, double of) { return share <= 0 ? 0 : share * std::log(share / of); };
  return part(p, q) + part(1 - p, 1 - q);
}

std::vector<Token> WordsOf(const std::string& text) {
  std::vector<Token> tokens = Tokenize({.text = text, .codes = {}});
  tokens.erase(std::remove_if(tokens.begin(), tokens.end(), [](const Token& t) { return t.cls != TokenClass::kWord; }),
               tokens.end());
  return tokens;
}

// A part of a text, in code points.
std::string Part(const std::string& text, TextRange range) {
  size_t byte = 0, begin = 0;
  for (uint32_t point = 0; point < range.end; ++point) {
    if (point == range.begin) begin = byte;
    NextCodePoint(text, &byte);
  }
  return text.substr(begin, byte - begin);
}

}  // namespace

void CorrespondenceGuess::AddHit(const std::string& text) {
  std::unordered_set<std::string> seen;
  for (const Token& token : WordsOf(text)) {
    if (seen.insert(token.index_key).second) ++stems_[token.index_key].hits;
  }
  texts_.push_back(text);
}

void CorrespondenceGuess::Finish(uint64_t sequence) {
  if (texts_.size() < kFewestHits) return;
  for (auto stem = stems_.begin(); stem != stems_.end();) {
    stem = stem->second.hits < 2 ? stems_.erase(stem) : std::next(stem);
  }
  CountBackground(sequence);
  Choose();
  CountRanges();
}

void CorrespondenceGuess::CountBackground(uint64_t sequence) {
  for (const LocaleState* locale : background_) {
    for (const RunView& view : locale->runs) {
      const RunLexicon& lexicon = view.run->lexicon();
      rows_ += view.run->rows();
      for (auto& [text, stem] : stems_) {
        const uint32_t id = lexicon.FindStem(LexiconKey(TokenClass::kWord, text));
        if (id != kUnknownId) stem.others += lexicon.stem(id).df;
      }
    }
    if (locale->delta_rows != 0) CountDelta(*locale, sequence);
  }
}

void CorrespondenceGuess::CountDelta(const LocaleState& locale, uint64_t sequence) {
  rows_ += locale.delta_rows;
  std::unordered_map<uint32_t, Stem*> wanted;
  for (auto& [text, stem] : stems_) {
    const uint32_t id = locale.delta->vocabulary().FindStem(LexiconKey(TokenClass::kWord, text));
    if (id != kUnknownId) wanted.emplace(id, &stem);
  }
  std::vector<Stem*> seen;  // of the row
  locale.delta->Visit(locale.delta_rows, sequence, ~uint64_t{0}, {},
                      [&](uint64_t, uint64_t, const std::vector<Symbol>& symbols) {
                        seen.clear();
                        for (const Symbol& symbol : symbols) {
                          const auto stem = wanted.find(symbol.stem);
                          if (stem == wanted.end()) continue;
                          if (std::find(seen.begin(), seen.end(), stem->second) != seen.end()) continue;
                          seen.push_back(stem->second);
                          ++stem->second->others;
                        }
                      });
}

void CorrespondenceGuess::Choose() {
  const auto hits = static_cast<double>(texts_.size());
  const double rest = std::max(static_cast<double>(rows_) - hits, 0.0) + 1;
  std::vector<std::pair<double, const std::string*>> scored;
  double best = 0;
  for (const auto& [text, stem] : stems_) {
    const double p = static_cast<double>(stem.hits) / hits;
    const double outside = stem.others > stem.hits ? static_cast<double>(stem.others - stem.hits) : 0;
    const double q = std::min((outside + .5) / rest, .999);
    if (p <= q) continue;
    const double score = Divergence(p, q);
    if (2 * hits * score < kSurprise) continue;
    scored.emplace_back(score, &text);
    best = std::max(best, score);
  }
  for (const auto& [score, text] : scored) {
    if (score >= kLeastOfBest * best) chosen_.insert(*text);
  }
}

std::vector<TextRange> CorrespondenceGuess::RangesIn(const std::string& text) const {
  std::vector<TextRange> ranges;
  if (chosen_.empty()) return ranges;
  bool neighbour = false;  // the word before was taken
  for (const Token& token : WordsOf(text)) {
    const bool taken = chosen_.count(token.index_key) != 0;
    // What stands between two words of a range is a space at most: nothing that is a token.
    if (taken && neighbour && token.begin <= ranges.back().end + 1) {
      ranges.back().end = token.end;
    } else if (taken) {
      ranges.push_back({token.begin, token.end});
    }
    neighbour = taken;
  }
  return ranges;
}

void CorrespondenceGuess::CountRanges() {
  struct Form {
    uint64_t count = 0;
    std::map<std::string, uint64_t> spellings;
  };
  std::map<std::string, Form> forms;  // by key form
  for (const std::string& text : texts_) {
    for (const TextRange& range : RangesIn(text)) {
      const std::string part = Part(text, range);
      Form& form = forms[KeyForm(part)];
      ++form.count;
      ++form.spellings[part];
    }
  }
  for (const auto& [key, form] : forms) {
    const auto spelling = std::max_element(form.spellings.begin(), form.spellings.end(),
                                           [](const auto& a, const auto& b) { return a.second < b.second; });
    found_.push_back({spelling->first, form.count});
  }
  std::sort(found_.begin(), found_.end(), [](const Correspondence& a, const Correspondence& b) {
    return std::tie(b.count, a.text) < std::tie(a.count, b.text);
  });
  if (found_.size() > kMost) found_.resize(kMost);
}

}  // namespace reprise
