#include "engine/stored_sentences.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "engine/assembly.h"
#include "engine/unit_candidates.h"
#include "match/adapt.h"
#include "match/score.h"
#include "text/slice.h"

namespace reprise {
namespace {

absl::Status StoppedError() { return Cancelled("the lookup was cancelled"); }

// Of the text alone, as the index has it: a code may stand inside a word.
std::vector<Token> WordsAndPlaceables(const Content& content) {
  std::vector<Token> out;
  for (Token& token : Tokenize({.text = content.text, .codes = {}})) {
    if (token.cls == TokenClass::kWord || IsPlaceable(token.cls)) out.push_back(std::move(token));
  }
  return out;
}

// The sentences of a text; none if there is one, or if a pair of codes stands in two of them.
std::vector<QuerySentence> SeveralSentences(const Variant& variant) {
  std::vector<QuerySentence> sentences = SentencesOf({.content = variant.content, .source_locale = variant.locale});
  if (sentences.size() < 2 || !SentencesKeepCodes(variant.content, sentences)) sentences.clear();
  return sentences;
}

}  // namespace

StoredSentencesRun::StoredSentencesRun(const UnitStore& store, const StoreState& state, const Query& query,
                                       const LookupOptions& options, const CancelCheck& cancelled)
    : store_(store),
      state_(state),
      query_(query),
      options_(options),
      cancelled_(cancelled),
      pages_(store.page_cache().Enter()),
      tokenized_(query.content),
      tokens_(WordsAndPlaceables(query.content)),
      reader_(state) {}

absl::Status StoredSentencesRun::Execute(const std::vector<MemoryRef>& memories, LookupResult* result) {
  const bool words = std::any_of(tokens_.begin(), tokens_.end(), [](const Token& t) { return !IsPlaceable(t.cls); });
  if (!words || tokens_.size() > kMaxSentenceWords || SentencesOf(query_).size() > 1) return absl::OkStatus();
  if (!MakePattern()) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      const std::vector<SearchPlace> places,
      FindSearchPlaces(store_, state_, memories, query_.source_locale, query_.target_locale, options_.other_scripts));
  for (const SearchPlace& place : places) RETURN_IF_ERROR(Search(place, result));
  SubstituteBases(query_, tokenized_, &found_);
  for (Candidate& c : found_) {
    if (c.match.base.base <= kMaxOfSentence) continue;
    c.match.base.base = kMaxOfSentence;
    c.match.base.band = Band::kFuzzy;
  }
  ApplyPenalties(query_.target_locale, options_.penalties, &found_);
  LookupOptions choice = options_;
  choice.order = MatchOrder::kScore;
  choice.want_total = false;
  LookupResult chosen;
  SelectMatches(std::move(found_), choice, &chosen);
  for (Match& match : chosen.matches) {
    CompleteMatch(query_, tokenized_, options_, &match);
    OfferMatch(std::move(match), options_, result);
  }
  return absl::OkStatus();
}

bool StoredSentencesRun::MakePattern() {
  std::string phrase = "\"";
  for (const Token& token : tokens_) {
    if (phrase.size() > 1) phrase += ' ';
    phrase += IsPlaceable(token.cls) ? "*" : token.key;
  }
  auto terms = ParseTerms(phrase + "\"");
  if (!terms.ok()) return false;
  pattern_.terms = *std::move(terms);
  return true;
}

absl::Status StoredSentencesRun::Search(const SearchPlace& place, LookupResult* result) {
  constexpr size_t kAtOnce = 64;
  auto rows = std::make_unique<RowStream>(pattern_, place.target_mask, state_.sequence, *state_.snapshot, cancelled_);
  RETURN_IF_ERROR(rows->Add(*place.index, place.locale_tag));
  std::vector<uint64_t> segments, shared;
  RETURN_IF_ERROR(rows->FindShared(&segments));
  for (size_t i = 0; i < segments.size(); ++i) {
    if ((i & 255) == 0 && Cancelled()) return StoppedError();
    RETURN_IF_ERROR(reader_.FindUnits(place.memory->id, segments[i], place.targets, &shared));
  }
  const std::unique_ptr<UnitCandidates> units = UnitsOfRows(std::move(rows), std::move(shared));
  std::vector<WantedUnit> wanted;
  for (uint64_t last = UINT64_MAX; last != 0;) {
    wanted.clear();
    while (last != 0 && wanted.size() < kAtOnce) {
      ASSIGN_OR_RETURN(last, units->Next(last - 1));
      if (last != 0) wanted.push_back({&place, 0, last});
    }
    if (wanted.empty()) break;
    if (units_read_ + wanted.size() > kMaxSentenceUnits) {
      wanted.resize(kMaxSentenceUnits - units_read_);
      result->sentences_cut = true;
      last = 0;
    }
    units_read_ += wanted.size();
    RETURN_IF_ERROR(ReadWantedUnits(store_, state_, wanted, cancelled_, [&](const WantedUnit&, const Unit& unit) {
      AddUnit(place, unit);
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

void StoredSentencesRun::AddUnit(const SearchPlace& place, const Unit& unit) {
  std::map<size_t, std::vector<QuerySentence>> cut;
  auto sentences_of = [&](size_t i) -> const std::vector<QuerySentence>& {
    auto it = cut.find(i);
    if (it == cut.end()) it = cut.emplace(i, SeveralSentences(unit.variants[i])).first;
    return it->second;
  };
  auto visit = [&](size_t from, size_t to) {
    const std::vector<QuerySentence>& sources = sentences_of(from);
    if (sources.empty()) return;
    const std::vector<QuerySentence>& targets = sentences_of(to);
    if (targets.size() != sources.size()) return;
    for (size_t i = 0; i < sources.size(); ++i) {
      const Content sentence = SliceContent(unit.variants[from].content, sources[i].begin, sources[i].end);
      if (!Alike(sentence)) continue;
      // The unit's context is that of the whole segment.
      Unit part = unit;
      part.contexts.clear();
      part.variants[from].content = sentence;
      part.variants[to].content = SliceContent(unit.variants[to].content, targets[i].begin, targets[i].end);
      const TokenizedContent stored(sentence);
      found_.push_back(MakeCandidate(query_, part, part.variants[from], part.variants[to], place.terms, stored.key_form,
                                     ScorePair(tokenized_, stored, {})));
      found_.back().match.sentence = {static_cast<uint32_t>(i) + 1, static_cast<uint32_t>(sources.size())};
    }
  };
  ForEachPair(place, query_.target_locale, options_.other_scripts, options_.filter, unit, visit);
}

bool StoredSentencesRun::Alike(const Content& sentence) const {
  const std::vector<Token> tokens = WordsAndPlaceables(sentence);
  return std::equal(tokens.begin(), tokens.end(), tokens_.begin(), tokens_.end(), [](const Token& a, const Token& b) {
    return a.cls == b.cls && (IsPlaceable(a.cls) || a.key == b.key);
  });
}

}  // namespace reprise
