// Analyses as text: tests/cases/analysis/*.txt. A case has a memory, as tests/testing/case_text.h reads it, and jobs:
//
//   case A repetition comes after what the memory has
//   memory m
//   unit 1
//     text en Save
//     text de Speichern
//   job en de repetitions-first per-file no-internal count=omegat filter=reviewed machine=0
//     file a.txt                     (of the segments that follow)
//     segment Save                   (with codes, as in cases)
//     locked Save
//     key K                          (of the segment above; also: previous TEXT, next TEXT, edge previous, edge next)
//     row 100 segments=1 words=1 internal=0 characters=4 without-spaces=4 asian=0 placeables=0 tags=0
//     file-row a.txt repetition segments=1
//     weighted 1.2                   (words)
//
// The `row` lines are all rows of the job that hold anything, in the report's order; numbers that are not given are not
// checked. `file-row` is one row of one file.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "engine/analysis.h"
#include "engine/translation_memory.h"
#include "storage/memory_kv.h"
#include "tests/testing/case_text.h"

namespace reprise::testing {
namespace {

struct ExpectedRow {
  int line = 0;
  std::string file;  // "" for the job
  std::string row;
  std::map<std::string, std::string> numbers;
};

struct Job {
  int line = 0;
  std::string from, to;
  AnalysisOptions options;
  std::vector<AnalysisSegment> segments;
  std::vector<ExpectedRow> rows;
  double weighted = -1;
};

struct AnalysisCase {
  std::string title;
  Case memory;
  std::vector<Job> jobs;
};

std::string TakeWord(std::string* rest) {
  const size_t begin = std::min(rest->find_first_not_of(' '), rest->size());
  const size_t end = std::min(rest->find(' ', begin), rest->size());
  std::string word = rest->substr(begin, end - begin);
  *rest = rest->substr(std::min(rest->find_first_not_of(' ', end), rest->size()));
  return word;
}

// Reads the lines of a file; the first that is not understood goes to *error.
class Parser {
 public:
  std::vector<AnalysisCase> Parse(const std::string& text, std::string* error) {
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
      line_ = number;
      std::string rest = line;
      const std::string verb = TakeWord(&rest);
      if (verb.empty() || verb[0] == '#') continue;
      if (Line(verb, rest, line)) continue;
      *error = "line " + std::to_string(number) + " is not understood: " + line;
      return {};
    }
    FinishMemory(error);
    return std::move(cases_);
  }

 private:
  bool Line(const std::string& verb, std::string rest, const std::string& line) {
    if (verb == "case") {
      std::string problem;
      FinishMemory(&problem);
      cases_.push_back({rest, {}, {}});
      memory_ = line + "\n";
      return problem.empty();
    }
    if (cases_.empty()) return false;
    if (verb == "job") return AddJob(rest);
    if (cases_.back().jobs.empty()) {
      memory_ += line + "\n";  // of the memory
      return true;
    }
    return JobLine(verb, rest);
  }

  void FinishMemory(std::string* error) {
    if (cases_.empty()) return;
    const std::vector<Case> parsed = ParseCases(memory_, error);
    if (parsed.size() == 1) cases_.back().memory = parsed[0];
  }

  bool AddJob(std::string rest) {
    Job job;
    job.line = line_;
    job.from = TakeWord(&rest);
    job.to = TakeWord(&rest);
    while (!rest.empty()) {
      const std::string word = TakeWord(&rest);
      if (word == "repetitions-first") {
        job.options.repetitions_first = true;
      } else if (word == "per-file") {
        job.options.repetitions_per_file = true;
      } else if (word == "no-internal") {
        job.options.internal_fuzzy = false;
      } else if (word == "count=omegat") {
        job.options.count = CountRules::kOmegat;
      } else if (word == "count=trados-like") {
        job.options.count = CountRules::kTradosLike;
      } else if (word == "filter=reviewed") {
        job.options.filter.min_status = VariantStatus::kReviewed;
      } else if (word == "machine=0") {
        job.options.penalties.machine = 0;
      } else {
        return false;
      }
    }
    cases_.back().jobs.push_back(std::move(job));
    file_.clear();
    return true;
  }

  bool JobLine(const std::string& verb, std::string rest) {
    Job& job = cases_.back().jobs.back();
    if (verb == "file") {
      file_ = rest;
    } else if (verb == "segment" || verb == "locked") {
      job.segments.push_back({file_, ParseContent(rest), {}, verb == "locked"});
    } else if (verb == "row" || verb == "file-row") {
      ExpectedRow& row = job.rows.emplace_back();
      row.line = line_;
      if (verb == "file-row") row.file = TakeWord(&rest);
      row.row = TakeWord(&rest);
      while (!rest.empty()) {
        const std::string word = TakeWord(&rest);
        row.numbers[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
      }
    } else if (verb == "weighted") {
      job.weighted = std::atof(rest.c_str());
    } else {
      return SegmentLine(verb, rest, &job);
    }
    return true;
  }

  static bool SegmentLine(const std::string& verb, std::string rest, Job* job) {
    if (job->segments.empty()) return false;
    Context& context = job->segments.back().context;
    if (verb == "key") {
      context.key = rest;
    } else if (verb == "previous" || verb == "next") {
      (verb == "next" ? context.next : context.previous)[job->from] = {Neighbour::State::kText, rest};
    } else if (verb == "edge") {
      (rest == "next" ? context.next : context.previous)[job->from].state = Neighbour::State::kEdge;
    } else {
      return false;
    }
    return true;
  }

  std::vector<AnalysisCase> cases_;
  std::string memory_;  // lines of the last case up to its first job
  std::string file_;
  int line_ = 0;
};

std::map<std::string, std::string> Numbers(const FileAnalysis& part, size_t row) {
  const AnalysisCounts& counts = part.rows[row];
  const auto text = [](uint64_t number) { return std::to_string(number); };
  return {{"segments", text(counts.segments)},
          {"words", text(counts.text.words)},
          {"internal", text(part.internal[row].segments)},
          {"characters", text(counts.text.characters)},
          {"without-spaces", text(counts.text.characters_without_spaces)},
          {"asian", text(counts.text.asian_characters)},
          {"placeables", text(counts.text.placeables)},
          {"tags", text(counts.text.tags)}};
}

void CheckRow(const FileAnalysis& part, const ExpectedRow& expected) {
  for (size_t row = 0; row < kAnalysisRows; ++row) {
    if (expected.row != AnalysisRowName(static_cast<AnalysisRow>(row + 1))) continue;
    const auto numbers = Numbers(part, row);
    for (const auto& [name, value] : expected.numbers) {
      ASSERT_EQ(numbers.count(name), 1u) << "line " << expected.line << ": " << name << " is no number of a row";
      EXPECT_EQ(numbers.at(name), value) << "line " << expected.line << ": " << name;
    }
    return;
  }
  ADD_FAILURE() << "line " << expected.line << ": no row is named " << expected.row;
}

void CheckJob(const Job& job, const AnalysisReport& report) {
  std::string wanted, got;
  for (const ExpectedRow& row : job.rows) {
    if (row.file.empty()) {
      wanted += row.row + " ";
      CheckRow(report.total, row);
      continue;
    }
    const auto file = std::find_if(report.files.begin(), report.files.end(),
                                   [&row](const FileAnalysis& f) { return f.file == row.file; });
    ASSERT_NE(file, report.files.end()) << "line " << row.line << ": no file is named " << row.file;
    CheckRow(*file, row);
  }
  AnalysisCounts all;
  for (size_t row = 0; row < kAnalysisRows; ++row) {
    all.Add(report.total.rows[row]);
    if (report.total.rows[row].segments == 0) continue;
    got += std::string(AnalysisRowName(static_cast<AnalysisRow>(row + 1))) + " ";
  }
  EXPECT_EQ(got, wanted) << "rows of the job in line " << job.line;
  EXPECT_EQ(all.segments, job.segments.size()) << "each segment is in exactly one row";
  if (job.weighted < 0) return;
  EXPECT_EQ(report.total.WeightedHundredths(job.options.weights),
            static_cast<uint64_t>(std::lround(job.weighted * 100)))
      << "weighted words of the job in line " << job.line;
}

void CheckCase(const AnalysisCase& c) {
  auto tm = TranslationMemory::OpenOn(NewMemoryKv(), {});
  ASSERT_TRUE(tm.ok()) << tm.status();
  for (const MemoryRef& memory : c.memory.memories) ASSERT_TRUE((*tm)->CreateMemory({.name = memory.name}).ok());
  for (const CaseUnit& held : c.memory.units) {
    Unit unit = held.unit;
    unit.client_key = std::to_string(unit.id);
    unit.id = 0;
    ASSERT_TRUE((*tm)->PutUnits(held.memory, {unit}, {.policy = DuplicatePolicy::kKeepAll}).ok());
  }
  for (const Job& job : c.jobs) {
    Analyzer analyzer(tm->get(), c.memory.memories, job.from, job.to, job.options);
    const absl::Status added = analyzer.Add(job.segments, {});
    ASSERT_TRUE(added.ok()) << added;
    CheckJob(job, analyzer.Finish());
  }
}

TEST(AnalysisCasesTest, EveryCaseCountsAsWritten) {
  size_t cases = 0;
  std::set<std::string> languages;
  for (const auto& entry : std::filesystem::directory_iterator(REPRISE_SOURCE_DIR "/tests/cases/analysis")) {
    std::string error;
    const std::vector<AnalysisCase> parsed = Parser().Parse(ReadFile(entry.path().string()), &error);
    EXPECT_EQ(error, "") << entry.path();
    for (const AnalysisCase& c : parsed) {
      SCOPED_TRACE(entry.path().filename().string() + ": " + c.title);
      EXPECT_FALSE(c.jobs.empty());
      CheckCase(c);
      ++cases;
      for (const Job& job : c.jobs) languages.insert(job.from.substr(0, 2));
    }
  }
  EXPECT_GE(cases, 25u);
  EXPECT_GE(languages.size(), 8u);
}

TEST(AnalysisCasesTest, ALineThatIsNotUnderstoodIsNamed) {
  std::string error;
  EXPECT_TRUE(Parser().Parse("case x\nmemory m\njob en de\nsegment a\nrwo none\n", &error).empty());
  EXPECT_EQ(error, "line 5 is not understood: rwo none");
}

}  // namespace
}  // namespace reprise::testing
