// Analyses of jobs that were counted by hand.
#include "engine/analysis.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/testing/generate.h"
#include "tests/testing/memory_test.h"
#include "tests/testing/units.h"

namespace reprise {
namespace {

class AnalysisTest : public testing::MemoryTest {
 protected:
  void SetUp() override {
    MemoryTest::SetUp();
    Put("Save the document", "Dokument speichern");
    Put("Open the document now", "Dokument jetzt öffnen", "menu.open");
    Put("The ministers signed the agreement.", "Die Minister unterzeichneten das Abkommen.");
  }

  void Put(const std::string& source, const std::string& target, const std::string& key = "",
           Origin origin = Origin::kHuman) {
    Unit unit = testing::MakeUnit(source, target);
    unit.variants[1].origin = origin;
    if (!key.empty()) unit.contexts.push_back({.document = "", .key = key, .previous = {}, .next = {}});
    auto results = tm_->PutUnits("m", {unit}, {});
    ASSERT_TRUE(results.ok() && (*results)[0].status.ok());
  }

  static AnalysisSegment Segment(const std::string& text, const std::string& key = "", const std::string& file = "a") {
    AnalysisSegment segment;
    segment.file = file;
    segment.content.text = text;
    segment.context.key = key;
    return segment;
  }

  AnalysisReport Analyze(std::vector<AnalysisSegment> segments, const AnalysisOptions& options = {}) {
    Analyzer analyzer(tm_.get(), {{.name = "m"}}, "en", "de", options);
    const absl::Status status = analyzer.Add(std::move(segments), {});
    EXPECT_TRUE(status.ok()) << status;
    return analyzer.Finish();
  }

  // "100:1/3 none:2/9": segments and words of the rows that have any; "+1i" are internal ones.
  static std::string Rows(const FileAnalysis& file) {
    std::string out;
    for (size_t i = 0; i < kAnalysisRows; ++i) {
      if (file.rows[i].segments == 0) continue;
      out += (out.empty() ? "" : " ") + std::string(AnalysisRowName(static_cast<AnalysisRow>(i + 1))) + ":" +
             std::to_string(file.rows[i].segments) + "/" + std::to_string(file.rows[i].text.words);
      if (file.internal[i].segments > 0) out += "+" + std::to_string(file.internal[i].segments) + "i";
    }
    return out;
  }
};

TEST_F(AnalysisTest, EachRowOnce) {
  AnalysisSegment locked = Segment("Save the document");
  locked.locked = true;
  const AnalysisReport report = Analyze({
      locked,
      Segment("12.5"),                                   // numbers
      Segment("Open the document now", "menu.open"),     // 101
      Segment("Save the document"),                      // 100
      Segment("SAVE THE DOCUMENT!"),                     // 98
      Segment("Save the documents"),                     // fuzzy, 93
      Segment("Save the documents"),                     // repetition
      Segment("The ministers signed an agreement."),     // 90
      Segment("The ministers rejected the agreement."),  // 75: C 25 of 33
      Segment("Something else entirely unheard of"),     // none
  });
  EXPECT_EQ(Rows(report.total),
            "locked:1/3 numbers:1/1 repetition:1/3 101:1/4 100:1/3 99-95:1/3 94-85:2/8 84-75:1/5 none:1/5");
  ASSERT_EQ(report.files.size(), 1u);
  EXPECT_EQ(Rows(report.files[0]), Rows(report.total));
  EXPECT_EQ(report.total.Total().segments, 10u);
  EXPECT_EQ(report.total.Total().text.words, 35u);
  // 3*0 + 1*0 + 3*.1 + 4*.1 + 3*.2 + 3*.3 + 8*.5 + 5*.7 + 5
  EXPECT_EQ(report.total.WeightedHundredths(kDefaultWeights), 1470u);
}

TEST_F(AnalysisTest, RepetitionsBehindOrBeforeTheMemory) {
  const std::vector<AnalysisSegment> job{Segment("Save the document"), Segment("Save the document"),
                                         Segment("No such thing here"), Segment("No such thing here")};
  EXPECT_EQ(Rows(Analyze(job).total), "repetition:1/4 100:2/6 none:1/4");
  EXPECT_EQ(Rows(Analyze(job, {.repetitions_first = true}).total), "repetition:2/7 100:1/3 none:1/4");
}

TEST_F(AnalysisTest, RepetitionsAcrossFilesOrPerFile) {
  const std::vector<AnalysisSegment> job{Segment("No such thing here", "", "a"),
                                         Segment("No such thing here", "", "b")};
  const AnalysisReport across = Analyze(job);
  ASSERT_EQ(across.files.size(), 2u);
  EXPECT_EQ(Rows(across.files[1]), "repetition:1/4");
  const AnalysisReport per_file = Analyze(job, {.repetitions_per_file = true, .internal_fuzzy = false});
  EXPECT_EQ(Rows(per_file.files[1]), "none:1/4");
}

TEST_F(AnalysisTest, EarlierSegmentsCountLikeAMemory) {
  const std::vector<AnalysisSegment> job{
      Segment("Chapters describe unusual circumstances"),   // none
      Segment("Chapters describe unusual circumstances!"),  // 98 of the first
      Segment("Chapters describe unusual circumstance"),    // 94
      Segment("Chapters describe strange circumstances"),   // 80
      Segment("Save the documents"),                        // the memory's
      Segment("Save the document!"),                        // the memory's 98, no less than the job's own
  };
  const AnalysisReport report = Analyze(job);
  EXPECT_EQ(Rows(report.total), "99-95:2/7+1i 94-85:2/7+1i 84-75:1/4+1i none:1/4");
  EXPECT_EQ(Rows(Analyze(job, {.internal_fuzzy = false}).total), "99-95:1/3 94-85:1/3 none:4/16");
}

TEST_F(AnalysisTest, PenaltiesAndFiltersCount) {
  Put("Machines translate quickly", "Maschinen übersetzen schnell", "", Origin::kMachine);
  const std::vector<AnalysisSegment> job{Segment("Machines translate quickly")};
  EXPECT_EQ(Rows(Analyze(job).total), "99-95:1/3");
  AnalysisOptions severe;
  severe.penalties.machine = 20;
  EXPECT_EQ(Rows(Analyze(job, severe).total), "84-75:1/3");
  AnalysisOptions people;
  people.filter.origins = {Origin::kHuman};
  EXPECT_EQ(Rows(Analyze(job, people).total), "none:1/3");
}

TEST_F(AnalysisTest, WhatNoLookupTakesIsCountedAndMatchesNothing) {
  const std::string long_text = std::string(kMaxTextBytes, 'x') + " y";
  EXPECT_EQ(Rows(Analyze({Segment(long_text), Segment("Save the document")}).total), "100:1/3 none:1/2");
}

TEST_F(AnalysisTest, BadArguments) {
  Analyzer locale(tm_.get(), {{.name = "m"}}, "e n", "de", {});
  EXPECT_EQ(locale.Add({Segment("x")}, {}).code(), absl::StatusCode::kInvalidArgument);
  Analyzer memory(tm_.get(), {{.name = "none"}}, "en", "de", {});
  EXPECT_EQ(memory.Add({Segment("x")}, {}).code(), absl::StatusCode::kNotFound);
  AnalysisOptions weights;
  weights.weights[0] = 101;
  Analyzer weighted(tm_.get(), {{.name = "m"}}, "en", "de", weights);
  EXPECT_EQ(weighted.Add({Segment("x")}, {}).code(), absl::StatusCode::kInvalidArgument);
  Analyzer cancelled(tm_.get(), {{.name = "m"}}, "en", "de", {});
  EXPECT_EQ(cancelled.Add({Segment("x")}, [] { return true; }).code(), absl::StatusCode::kCancelled);
}

// The bounds of the search skip nothing: the same best as by scoring every pair.
TEST(InternalFuzzyTest, TheBestIsTheBestOfAllPairs) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    testing::Generator generate(seed);
    InternalFuzzy earlier;
    std::vector<TokenizedContent> all;
    for (int i = 0; i < 250; ++i) {
      const std::string locale = seed % 3 == 0 ? "ja" : "en";
      std::string text = generate.Text(locale);
      if (!all.empty() && !generate.OneIn(3)) {
        text = generate.Mutated(all[generate.Below(static_cast<uint32_t>(all.size()))].content.text, locale);
      }
      TokenizedContent asked{Content{text, {}}};
      int best = 0;
      for (const TokenizedContent& one : all) best = std::max(best, std::min(99, ScorePair(asked, one, {}).base));
      for (const int lowest : {1, 50, 75, 95}) {
        ASSERT_EQ(earlier.Best(asked, lowest), best >= lowest ? best : 0) << "seed " << seed << " " << i << " " << text;
      }
      all.push_back(asked);
      earlier.Add(std::move(asked));
    }
  }
}

}  // namespace
}  // namespace reprise
