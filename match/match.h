// What a lookup asks and what it answers: Query, LookupOptions, Match. The order of matches is defined here.
//
// Plain values; free functions are pure and safe to call concurrently.
#ifndef REPRISE_MATCH_MATCH_H_
#define REPRISE_MATCH_MATCH_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "match/explain.h"
#include "match/score.h"
#include "match/substitute.h"
#include "text/segment.h"

namespace reprise {

// Who says how many points a penalty takes off; the later ones override the earlier. The numbers are those of the API.
enum class TermSource : uint8_t { kDefault = 1, kMemory = 2, kProfile = 3, kRequest = 4 };

// One penalty that lowered a match. `name` is stable: "codes", "alignment", "machine", "draft", "fallback", "script",
// "pivot", "ambiguous", "memory".
struct Penalty {
  std::string name;
  int points = 0;
  std::string detail;  // e.g. "pt-PT for pt-BR"; may be empty
  TermSource source = TermSource::kDefault;

  bool operator==(const Penalty&) const = default;
};

// Points, and who says them: plain numbers are the request's, as `table.machine = 10` shows.
struct PenaltyPoints {
  // Converts, so that tables are written in numbers.
  PenaltyPoints(int number, TermSource says = TermSource::kRequest) : points(number), source(says) {}
  operator int() const { return points; }

  int points;
  TermSource source;

  bool operator==(const PenaltyPoints&) const = default;
};

// Points taken off (docs/scoring.md says why each has its default).
struct PenaltyTable {
  PenaltyPoints codes{0, TermSource::kDefault};      // codes missing or added, on top of the ladder
  PenaltyPoints alignment{1, TermSource::kDefault};  // target variant's origin is alignment
  PenaltyPoints machine{5, TermSource::kDefault};    // origin is machine translation
  PenaltyPoints draft{3, TermSource::kDefault};      // target variant is a draft
  PenaltyPoints fallback{1, TermSource::kDefault};   // target locale's region differs from the one asked for
  PenaltyPoints script{5, TermSource::kDefault};     // target locale's script does
  PenaltyPoints pivot{10, TermSource::kDefault};     // source and target are linked through a third language
  PenaltyPoints ambiguous{1, TermSource::kDefault};  // several different targets for an exact source, none in context

  bool operator==(const PenaltyTable&) const = default;
};

// The points of the table by their penalties' names, in the order in which penalties are listed.
struct PenaltyField {
  const char* name;
  PenaltyPoints PenaltyTable::*points;
};
inline constexpr PenaltyField kPenaltyFields[] = {
    {"codes", &PenaltyTable::codes}, {"alignment", &PenaltyTable::alignment}, {"machine", &PenaltyTable::machine},
    {"draft", &PenaltyTable::draft}, {"fallback", &PenaltyTable::fallback},   {"script", &PenaltyTable::script},
    {"pivot", &PenaltyTable::pivot}, {"ambiguous", &PenaltyTable::ambiguous}};

// The highest final score of a machine-translated or draft target, and of a pivot match.
inline constexpr int kUntrustedCap = 99;

// A memory to search. What is absent is the memory's own default, else 0.
struct MemoryRef {
  std::string name;
  std::optional<int> priority;               // smaller wins when memories hold the same match
  std::optional<int> penalty;                // taken off its matches
  TermSource source = TermSource::kRequest;  // who says so

  bool operator==(const MemoryRef&) const = default;
};

// What a memory says for calls that do not, and whose profile does not.
struct MemoryDefaults {
  std::optional<int> priority;           // as MemoryRef
  std::optional<int> penalty;            // as MemoryRef
  std::map<std::string, int> penalties;  // points by the names of kPenaltyFields

  bool operator==(const MemoryDefaults&) const = default;
};

// What holds for a memory in a call.
struct MemoryTerms {
  std::string name;
  int priority = 0;
  PenaltyPoints penalty{0, TermSource::kDefault};
  const MemoryDefaults* defaults = nullptr;  // of its matches' other penalties; null: none
};
// Of `ref` and the memory's defaults, which must outlive what is returned; null: none.
MemoryTerms TermsOf(const MemoryRef& ref, const MemoryDefaults* defaults);
// The table with the memory's points where nobody else says any. Names that are not known are passed over.
PenaltyTable WithDefaults(PenaltyTable table, const MemoryDefaults& defaults);

// Which units count. Empty lists and zero times do not restrict.
struct UnitFilter {
  std::vector<Origin> origins;                             // of the target variant
  VariantStatus min_status = VariantStatus::kUnspecified;  // kUnspecified: everything but rejected
  std::vector<std::string> authors;                        // changed_by (else created_by) of the target variant
  int64_t changed_from_us = 0;                             // inclusive, on the target variant's changed_us
  int64_t changed_to_us = 0;                               // exclusive
  std::string document;                                    // some context is of this document
  std::string exclude_document;                            // no context is of this document
  Attributes attributes;  // each key must hold one of the listed values (variant, else unit)

  bool operator==(const UnitFilter&) const = default;
};

// True if `target` of `unit` passes. Rejected variants never do.
bool PassesFilter(const UnitFilter& filter, const Unit& unit, const Variant& target);

enum class MatchOrder : uint8_t { kScore = 1, kRelevance = 2 };

// When a lookup also looks for parts of the query (docs/fragments.md).
enum class FragmentMode : uint8_t { kOff = 0, kIfNoMatch = 1, kAlways = 2 };

struct LookupOptions {
  int threshold = 70;  // 1..100, on the final score
  int floor = 0;       // 0 = no fill; else 1..threshold
  // The fill finds all that may be in it, whatever that takes; else it stops after a fixed amount of work. For tests
  // against brute force, and for measuring. At and above the threshold nothing is ever left out.
  bool whole_fill = false;
  int max_results = 5;  // 1..1000
  MatchOrder order = MatchOrder::kScore;
  bool want_total = false;
  bool want_plan = false;      // fills LookupResult::plan
  bool adapt = false;          // targets take the query's initial case, end punctuation and outer white space
  bool pivot = false;          // also matches through a third language that two units of a memory share
  bool other_scripts = false;  // locales of the same language in another script serve as well (zh-TW for zh-CN)
  FragmentMode fragments = FragmentMode::kOff;
  bool assemble = false;   // a query of several sentences that nothing matches is put together from theirs
  bool sentences = false;  // a sentence without a match of 94 is looked for in longer stored segments
  PenaltyTable penalties;
  UnitFilter filter;
};

struct Query {
  Content content;
  std::string source_locale;  // canonical
  std::string target_locale;  // canonical
  Context context;            // document, key, neighbours of the segment asked for; default = unknown

  bool operator==(const Query&) const = default;
};

// One sentence of an assembled match, and what was found for it.
struct MatchPart {
  uint32_t query_begin = 0;  // code points of the query
  uint32_t query_end = 0;
  uint32_t target_begin = 0;  // code points of the assembled target
  uint32_t target_end = 0;
  int score = 0;       // final score of the sentence's match; 0: none, the sentence stands in the target as it is
  Content source;      // stored; empty if none, as is all that follows
  std::string memory;  // name
  uint64_t unit = 0;
  uint64_t revision = 0;
};

// How the source of a pivot match leads to its target: the text of a third language that the unit of the source and
// the unit of the target share (key form).
struct PivotLink {
  Content text;  // as the source's unit has it
  std::string locale;
  uint64_t source_unit = 0;
};

// Which sentence of a longer stored segment a match is.
struct StoredSentence {
  uint32_t number = 0;  // from 1; 0: the match is a whole segment
  uint32_t count = 0;   // sentences of the segment, and of its translation
};

// One distinct (stored source text, target text) with its best unit; of a pivot match that is the target's, while
// `agreement` and `context` are those of the source's.
struct Match {
  int score = 0;  // final: base less penalties
  BaseScore base;
  double relevance = 0;
  bool below_threshold = false;
  Content source;             // the stored source variant's content
  Variant target;             // the target variant, whole; its content as `substitutions` say it was changed
  std::string source_locale;  // stored
  std::string memory;         // name
  uint64_t unit = 0;
  uint64_t revision = 0;
  uint32_t unit_count = 1;                  // units that hold this very pair
  std::vector<std::string> stored_locales;  // of the unit
  ContextAgreement agreement;               // flags are shown even if penalized
  Context context;                          // the unit's context that agreed, or its newest
  bool fallback = false;                    // source or target locale is not the one asked for
  bool reverse = false;                     // the unit's source locale is the query's target
  std::vector<Penalty> penalties;
  std::vector<Edit> edits;
  std::vector<Substitution> substitutions;  // done and refused, in the order of the query's text
  bool plural_changed = false;              // a number was replaced by one of another plural category
  std::shared_ptr<const PivotLink> pivot;   // of a pivot match, else null
  bool assembled = false;                   // of several sentences: memory, unit, revision, context are empty
  std::vector<MatchPart> parts;             // if assembled: one a sentence, in order
  StoredSentence sentence;                  // source and target are that sentence of what the unit holds
};

// A stored segment whose words are those of a part of the query.
struct Fragment {
  uint32_t query_begin = 0;  // code points
  uint32_t query_end = 0;
  Match match;  // of that part as a query of its own; offsets of edits are those of the whole query
};

// A stored pair whose source holds a run of the query's tokens.
struct SharedExample {
  uint32_t source_begin = 0;  // code points of `source`
  uint32_t source_end = 0;
  Content source;
  std::string source_locale;  // stored
  Variant target;             // as stored
  std::string memory;         // name
  uint64_t unit = 0;
  uint64_t revision = 0;
};

// A run of tokens that the query shares with stored segments.
struct SharedPart {
  uint32_t query_begin = 0;  // code points
  uint32_t query_end = 0;
  std::vector<SharedExample> examples;  // at least one
};

// What a lookup did to find its answer: counts of each stage, and its time.
struct LookupPlan {
  uint64_t indexes = 0;        // pairs of memory and locale that were searched
  uint64_t runs = 0;           // index parts on disk that were searched
  uint64_t delta_rows = 0;     // rows of the parts in memory, all of which were looked at
  uint64_t exact = 0;          // segments of the same key form or bare form
  int deepest = 0;             // the lowest percent to which the index was searched; 0 = not at all
  bool fill_cut = false;       // the fill below the threshold ended early: there may be better ones to fill with
  bool ties_cut = false;       // of very many that could reach one score the oldest were left out: no score suffers
  uint64_t lists = 0;          // slices of posting lists that were read
  uint64_t postings = 0;       // postings read, each with its signature checked
  uint64_t candidates = 0;     // passed the signature
  uint64_t rows = 0;           // token rows read
  uint64_t aligned = 0;        // alignments begun
  uint64_t hits = 0;           // rows that reach the percent
  uint64_t segments_read = 0;  // segments whose units were read
  uint64_t counted = 0;        // segments that the total counts unread: each one match, and none of the answer
  uint64_t pages_loaded = 0;   // index pages read from disk meanwhile (by anyone)
  double points_us = 0;        // time of the point reads, exact ones and their units
  double search_us = 0;        // of the index
  double read_us = 0;          // of reading and scoring units that the index found
  double select_us = 0;        // of choosing and explaining
};

struct LookupResult {
  std::vector<Match> matches;
  LookupPlan plan;             // if want_plan
  uint64_t total = 0;          // if want_total: distinct matches at or above the threshold
  uint64_t sequence = 0;       // the store's sequence number that was read
  std::string not_assembled;   // why a query of several sentences was not put together, if that was asked for
  bool sentences_cut = false;  // longer segments that hold the query's words were too many: there may be more
  bool fragments_searched = false;
  std::vector<Fragment> fragments;       // the longest first; of one part of the query together, the best first
  bool fragments_cut = false;            // the query is long, or very much was found: there may be more fragments
  std::vector<SharedPart> shared_parts;  // the longest first
  bool shared_parts_cut = false;         // there may be more or longer ones
};

// Applies the ladder's penalties to a base score; fills `penalties` in the order they were applied. `locale_wanted`
// and `target.locale` decide the fallback, `memory_penalty` is MemoryTerms::penalty, `pivot` is that of the match.
// Never below 0.
int FinalScore(const BaseScore& base, const ContextAgreement& agreement, const Variant& target,
               const std::string& locale_wanted, bool codes_differ, bool ambiguous, const PenaltyPoints& memory_penalty,
               const PenaltyTable& table, std::vector<Penalty>* penalties, const PivotLink* pivot = nullptr);

// Total order of answers: kScore: final score, then relevance, direct before pivot, context points, status rank, change
// date (newest first), unit id (smallest first), memory name, target text, the pivot's locale and text and the source's
// unit. kRelevance: relevance first, then as kScore.
bool BetterMatch(const Match& a, const Match& b, MatchOrder order);

}  // namespace reprise

#endif  // REPRISE_MATCH_MATCH_H_
