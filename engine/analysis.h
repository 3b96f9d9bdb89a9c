// The analysis of a job: how much of it a memory knows, before anyone translates (docs/analysis.md).
//
//   Analyzer analyzer(tm, {{.name = "news"}}, "en", "de", {});
//   RETURN_IF_ERROR(analyzer.Add(segments, cancelled));      // as often as there are more
//   AnalysisReport report = analyzer.Finish();
//
// Each segment is in exactly one row. Matches are those of a lookup with threshold 50, by score: no floor, no order of
// relevance. Every Add reads one state of the memories. Not thread-safe.
#ifndef REPRISE_ENGINE_ANALYSIS_H_
#define REPRISE_ENGINE_ANALYSIS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "engine/internal_fuzzy.h"
#include "engine/translation_memory.h"
#include "text/count.h"

namespace reprise {

// In the order of the report. The numbers are the API's.
enum class AnalysisRow : uint8_t {
  kLocked = 1,
  kNumbers = 2,     // numbers and marks alone
  kRepetition = 3,  // text and codes of an earlier segment
  kContext2 = 4,    // 102
  kContext1 = 5,    // 101
  kExact = 6,       // 100
  k99 = 7,          // 99 to 95
  k94 = 8,          // 94 to 85
  k84 = 9,          // 84 to 75
  k74 = 10,         // 74 to 50
  kNone = 11,
};
inline constexpr size_t kAnalysisRows = 11;
const char* AnalysisRowName(AnalysisRow row);  // "locked", "numbers", "repetition", "102", …, "94-85", …, "none"

// By row, in percent of a word.
using AnalysisWeights = std::array<int, kAnalysisRows>;
inline constexpr AnalysisWeights kDefaultWeights{0, 0, 10, 10, 10, 20, 30, 50, 70, 90, 100};

struct AnalysisOptions {
  bool repetitions_first = false;     // a repetition counts as one even if the memory has it at 100 or more
  bool repetitions_per_file = false;  // else across files
  bool internal_fuzzy = true;         // earlier segments count like a memory
  CountRules count = CountRules::kDefault;
  AnalysisWeights weights = kDefaultWeights;
  PenaltyTable penalties;
  UnitFilter filter;
};

struct AnalysisSegment {
  std::string file;
  Content content;
  Context context;
  bool locked = false;
};

struct AnalysisCounts {
  uint64_t segments = 0;
  TextCount text;

  void Add(const AnalysisCounts& other);
};

struct FileAnalysis {
  std::string file;                                    // empty for the whole job
  std::array<AnalysisCounts, kAnalysisRows> rows;      // by row, internal ones included
  std::array<AnalysisCounts, kAnalysisRows> internal;  // of these, what an earlier segment rather than a memory matches
  AnalysisCounts Total() const;
  // Words by their weights, in hundredths of a word.
  uint64_t WeightedHundredths(const AnalysisWeights& weights) const;
};

struct AnalysisReport {
  std::vector<FileAnalysis> files;  // in the order they came
  FileAnalysis total;
};

// What one job may hold: its texts are kept for comparing, and callers are hostile.
inline constexpr uint64_t kMaxAnalysisSegments = 500000;
inline constexpr uint64_t kMaxAnalysisBytes = 64u << 20;

class Analyzer {
 public:
  // `tm` must outlive the object.
  Analyzer(TranslationMemory* tm, std::vector<MemoryRef> memories, std::string source_locale, std::string target_locale,
           AnalysisOptions options);

  // Counts the next segments. A segment that no lookup takes (too long, no text) has no match. Errors: as
  // BatchLookup's; INVALID_ARGUMENT (source_locale, target_locale, options.weights), RESOURCE_EXHAUSTED (segments: the
  // bounds above).
  absl::Status Add(std::vector<AnalysisSegment> segments, const CancelCheck& cancelled);

  AnalysisReport Finish();

 private:
  struct Asked {
    TokenizedContent text;
    bool repetition = false;
    bool numbers = false;
    int score = 0;  // of the memory
  };
  absl::Status Check(const std::vector<AnalysisSegment>& segments);
  absl::Status LookUp(const std::vector<AnalysisSegment>& segments, std::vector<Asked>* asked,
                      const CancelCheck& cancelled);
  AnalysisRow RowOf(const AnalysisSegment& segment, const Asked& asked, bool* internal);
  FileAnalysis* FileOf(const std::string& name);

  TranslationMemory* const tm_;
  const std::vector<MemoryRef> memories_;
  std::string source_locale_, target_locale_;
  const AnalysisOptions options_;
  uint64_t segments_ = 0, bytes_ = 0;
  std::unordered_set<std::string> seen_;  // contents, of a file if repetitions are per file
  InternalFuzzy earlier_;
  std::map<std::string, size_t> places_;  // of files in the report
  AnalysisReport report_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_ANALYSIS_H_
