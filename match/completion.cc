#include "match/completion.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "text/continuation.h"
#include "text/notation.h"

namespace reprise {
namespace {

constexpr uint32_t kMaxWordsThatRank = 4;

struct Ranked {
  bool begins = false;  // the text begins with all that was typed
  uint32_t words = 0;   // of Completion, as far as they rank
  size_t offer = 0;
  size_t place = 0;  // order within the offer
  Completion completion;
};

void AddOffer(const CompletionOffer& offer, size_t number, const TypedText& typed, std::string_view locale,
              std::vector<Ranked>* out) {
  const ContinuableText text(offer.text, locale);
  const bool fragment = offer.origin == CompletionOrigin::kFragment;
  std::vector<Continuation> places = text.Find(typed);
  const bool word_under_way = typed.partial() < typed.size();
  if (fragment && typed.size() > 0 && !word_under_way && !text.StandsIn(typed)) places.push_back({});
  size_t order = 0;
  for (const Continuation& place : places) {
    if (offer.origin == CompletionOrigin::kMemory && !place.whole) continue;
    const bool begins = place.whole && !fragment;
    const std::string word = place.at == 0 ? std::string() : FromCodePoints(typed.word());
    for (uint32_t end : text.Ends(place.at, begins || place.at == 0)) {
      Ranked ranked{begins, std::min(place.words, kMaxWordsThatRank), number, order++, {}};
      Completion& made = ranked.completion;
      made.append = text.Appended(typed, place.at, end);
      made.text = word + made.append;
      made.whole = begins && end == text.size();
      made.words = place.words;
      made.origin = offer.origin;
      made.score = offer.score;
      made.memory = offer.memory;
      made.unit = offer.unit;
      made.revision = offer.revision;
      out->push_back(std::move(ranked));
    }
  }
}

}  // namespace

std::vector<Completion> RankCompletions(const std::vector<CompletionOffer>& offers, std::string_view typed,
                                        std::string_view target_locale, size_t max_results) {
  const TypedText text(typed);
  std::vector<Ranked> ranked;
  for (size_t i = 0; i < offers.size(); ++i) AddOffer(offers[i], i, text, target_locale, &ranked);
  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    const auto key = [](const Ranked& r) {
      return std::make_tuple(!r.begins, -static_cast<int>(r.words), r.completion.origin, -r.completion.score, r.offer,
                             r.place);
    };
    return key(a) < key(b);
  });
  std::vector<Completion> out;
  std::set<std::string> known;
  for (Ranked& one : ranked) {
    if (out.size() == max_results) break;
    if (known.insert(one.completion.append).second) out.push_back(std::move(one.completion));
  }
  return out;
}

}  // namespace reprise
