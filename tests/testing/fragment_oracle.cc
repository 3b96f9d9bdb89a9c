#include "tests/testing/fragment_oracle.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "match/adapt.h"
#include "match/select.h"
#include "text/locale.h"
#include "text/slice.h"
#include "text/tokenize.h"

namespace reprise::testing {
namespace {

using Range = std::pair<size_t, size_t>;  // tokens

std::vector<Token> WithoutCodes(const Content& content) {
  std::vector<Token> out;
  for (Token& token : Tokenize(content)) {
    if (token.cls != TokenClass::kCode && token.weight > 0) out.push_back(std::move(token));
  }
  return out;
}

// Every source and target of a unit that may answer.
template <typename Visit>
void ForEachAnswer(const std::vector<Unit>& units, const Query& query, const UnitFilter& filter, const Visit& visit) {
  for (const Unit& unit : units) {
    for (const Variant& source : unit.variants) {
      if (MatchLocale(query.source_locale, source.locale) == LocaleMatch::kNone) continue;
      for (const Variant& target : unit.variants) {
        if (&source == &target || MatchLocale(query.target_locale, target.locale) == LocaleMatch::kNone) continue;
        if (PassesFilter(filter, unit, target)) visit(unit, source, target);
      }
    }
  }
}

Query PartOf(const Query& query, const std::vector<Token>& tokens, Range range) {
  Query part;
  part.content = SliceContent(query.content, tokens[range.first].begin, tokens[range.second - 1].end);
  part.source_locale = query.source_locale;
  part.target_locale = query.target_locale;
  return part;
}

// The parts of the query, by their words: those that may be fragments.
struct Words {
  std::string bare_form;
  std::vector<Range> ranges;
};
std::map<Range, Words> PartsByWords(const std::vector<Token>& tokens, const FragmentBounds& bounds) {
  auto word = [&](size_t i) { return tokens[i].cls == TokenClass::kWord; };
  size_t all = 0;
  for (size_t i = 0; i < tokens.size(); ++i) all += word(i);
  std::map<Range, Words> parts;
  for (size_t begin = 0; begin < tokens.size(); ++begin) {
    for (size_t end = begin + 1; end <= tokens.size(); ++end) {
      const std::vector<Token> part(tokens.begin() + static_cast<ptrdiff_t>(begin),
                                    tokens.begin() + static_cast<ptrdiff_t>(end));
      size_t words = 0, first = SIZE_MAX, last = 0;
      for (size_t i = begin; i < end; ++i) {
        if (!word(i)) continue;
        ++words;
        if (first == SIZE_MAX) first = i;
        last = i;
      }
      if (words == 0 || words == all) continue;
      if (words == 1 && tokens[first].weight < bounds.single_word_letters) continue;
      if (first - begin > bounds.reach || end - 1 - last > bounds.reach) continue;
      Words& found = parts[{first, last + 1}];
      found.bare_form = BareForm(part);
      found.ranges.emplace_back(begin, end);
    }
  }
  return parts;
}

bool Inside(Range inner, Range outer) { return outer.first <= inner.first && inner.second <= outer.second; }

}  // namespace

std::vector<Fragment> AllFragments(const std::vector<Unit>& units, const MemoryRef& memory, const Query& query,
                                   const LookupOptions& options, const FragmentBounds& bounds) {
  const MemoryTerms terms = TermsOf(memory, nullptr);
  const std::vector<Token> tokens = WithoutCodes(query.content);
  const std::map<Range, Words> by_words = PartsByWords(tokens, bounds);
  std::map<Range, TokenizedContent> parts;
  std::map<Range, std::vector<Candidate>> candidates;
  std::map<std::string, TokenizedContent> texts;
  ForEachAnswer(units, query, options.filter, [&](const Unit& unit, const Variant& source, const Variant& target) {
    auto [text, added] = texts.try_emplace(ContentKey(source.content));
    if (added) text->second = TokenizedContent(source.content);
    const TokenizedContent& stored = text->second;
    if (stored.bare_form.empty()) return;
    for (const auto& [words, found] : by_words) {
      if (found.bare_form != stored.bare_form) continue;
      BaseScore best_score;
      Range best;
      for (const Range& range : found.ranges) {
        auto [part, fresh] = parts.try_emplace(range);
        if (fresh) part->second = TokenizedContent(PartOf(query, tokens, range).content);
        BaseScore score = ScorePair(part->second, stored, {});
        const auto rank = [](const BaseScore& s, Range r) {
          return std::make_tuple(s.base, r.second - r.first, SIZE_MAX - r.first);
        };
        if (best.second != 0 && rank(score, range) < rank(best_score, best)) continue;
        best_score = std::move(score);
        best = range;
      }
      candidates[best].push_back(
          MakeCandidate(PartOf(query, tokens, best), unit, source, target, terms, stored.key_form, best_score));
    }
  });
  LookupOptions choice = options;
  choice.threshold = 1;
  choice.floor = 0;
  choice.order = MatchOrder::kScore;
  choice.max_results = bounds.matches;
  std::map<Range, std::vector<Match>> answers;
  for (auto& [range, found] : candidates) {
    const Query part = PartOf(query, tokens, range);
    SubstituteBases(part, parts.at(range), &found);
    ApplyPenalties(query.target_locale, options.penalties, &found);
    LookupResult result;
    SelectMatches(std::move(found), choice, &result);
    if (!result.matches.empty()) answers[range] = std::move(result.matches);
  }
  std::vector<Fragment> out;
  for (const auto& [range, matches] : answers) {
    const Range inner = range;
    if (std::any_of(answers.begin(), answers.end(),
                    [&](const auto& other) { return other.first != inner && Inside(inner, other.first); })) {
      continue;
    }
    for (const Match& match : matches) {
      out.push_back({tokens[range.first].begin, tokens[range.second - 1].end, match});
    }
  }
  return out;
}

std::vector<std::string> FragmentLines(const std::vector<Fragment>& fragments) {
  std::vector<std::string> lines;
  for (const Fragment& f : fragments) {
    lines.push_back(std::to_string(f.query_begin) + "-" + std::to_string(f.query_end) + " score " +
                    std::to_string(f.match.score) + " base " + std::to_string(f.match.base.base) + " unit " +
                    std::to_string(f.match.unit) + " count " + std::to_string(f.match.unit_count) + " " +
                    f.match.source.text + " | " + f.match.target.locale);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<SharedByScan> AllSharedParts(const std::vector<Unit>& units, const Query& query,
                                         const LookupOptions& options, const std::vector<Fragment>& fragments,
                                         const FragmentBounds& bounds) {
  const std::vector<Token> tokens = WithoutCodes(query.content);
  const auto alike = [](const Token& a, const Token& b) {
    return a.cls == b.cls && (IsPlaceable(a.cls) || a.key == b.key);
  };
  // (-letters, begin, end): the order in which parts are taken.
  std::map<std::tuple<int64_t, size_t, size_t>, std::set<std::pair<std::string, std::string>>> held;
  ForEachAnswer(units, query, options.filter, [&](const Unit&, const Variant& source, const Variant& target) {
    const std::vector<Token> stored = WithoutCodes(source.content);
    for (size_t begin = 0; begin < tokens.size(); ++begin) {
      if (tokens[begin].cls != TokenClass::kWord) continue;
      int64_t letters = 0;
      size_t words = 0;
      for (size_t end = begin + 1; end <= tokens.size(); ++end) {
        letters += tokens[end - 1].weight;
        if (tokens[end - 1].cls != TokenClass::kWord) continue;
        if (++words < bounds.shared_words) continue;
        const auto first = tokens.begin() + static_cast<ptrdiff_t>(begin);
        const auto last = tokens.begin() + static_cast<ptrdiff_t>(end);
        if (std::search(stored.begin(), stored.end(), first, last, alike) == stored.end()) break;
        held[{-letters, begin, end}].emplace(source.content.text, target.content.text);
      }
    }
  });
  std::vector<SharedByScan> out;
  for (const auto& [place, pairs] : held) {
    SharedByScan part;
    part.query_begin = tokens[std::get<1>(place)].begin;
    part.query_end = tokens[std::get<2>(place) - 1].end;
    const auto within = [&part](const auto& outer) {
      return outer.query_begin <= part.query_begin && part.query_end <= outer.query_end;
    };
    if (out.size() == bounds.shared_parts || std::any_of(out.begin(), out.end(), within) ||
        std::any_of(fragments.begin(), fragments.end(), within)) {
      continue;
    }
    part.pairs.assign(pairs.begin(), pairs.end());
    out.push_back(std::move(part));
  }
  return out;
}

}  // namespace reprise::testing
