// Reports of an analysis: hostile names, the head of each, what is internal.
#include "client/analysis_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reprise::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::AnalyzeResponse Report(const std::string& name) {
  v1::AnalyzeResponse report;
  report.add_memories()->set_name("memories/news");
  report.mutable_memories(0)->set_penalty(3);
  report.mutable_penalties()->set_machine(5);
  report.mutable_filter()->set_min_status(v1::VARIANT_STATUS_REVIEWED);
  report.mutable_filter()->set_document("d.txt");
  report.set_count(v1::COUNT_RULES_TRADOS_LIKE);
  for (v1::FileAnalysis* file : {report.add_files(), report.add_files(), report.mutable_total()}) {
    v1::AnalysisRowCounts* row = file->add_rows();
    row->set_row(v1::ANALYSIS_ROW_99_TO_95);
    row->set_percent(30);
    row->mutable_counts()->set_segments(2);
    row->mutable_counts()->set_words(1234);
    row->mutable_internal()->set_segments(1);
    row->mutable_internal()->set_words(34);
    *file->mutable_total() = row->counts();
    file->set_weighted_words(370.2);
  }
  report.mutable_files(0)->set_file(name);
  report.mutable_files(1)->set_file("b.txt");
  return report;
}

const AnalysisHead kHead{"en", "de", "behind matches of 100 and more, across files"};

TEST(AnalysisOutputTest, TheHeadIsOnEveryReport) {
  const v1::AnalyzeResponse report = Report("a.txt");
  for (const std::string& text : {AnalysisTable(kHead, report), AnalysisJson(kHead, report), AnalysisCsv(kHead, report),
                                  AnalysisHtml(kHead, report)}) {
    EXPECT_THAT(text, HasSubstr("news -3"));
    EXPECT_THAT(text, HasSubstr("machine 5, draft 0"));
    EXPECT_THAT(text, HasSubstr("status from reviewed; document d.txt"));
    EXPECT_THAT(text, HasSubstr("trados-like"));
    EXPECT_THAT(text, HasSubstr("behind matches of 100 and more, across files"));
  }
}

TEST(AnalysisOutputTest, RowsAndTheirInternalPart) {
  const v1::AnalyzeResponse report = Report("a.txt");
  const std::string table = AnalysisTable(kHead, report);
  EXPECT_THAT(table, HasSubstr("99–95                    2       1,234"));
  EXPECT_THAT(table, HasSubstr("  internal               1          34"));
  EXPECT_THAT(table, HasSubstr("weighted words: 370.20"));
  EXPECT_THAT(AnalysisCsv(kHead, report), HasSubstr("a.txt,99–95,internal,1,34,0,0,0,0,0,30\n"));
  EXPECT_THAT(AnalysisHtml(kHead, report), HasSubstr("<td>1,234</td>"));
  EXPECT_THAT(AnalysisJson(kHead, report),
              HasSubstr(R"("row":"99–95","percent":30,"counts":{"segments":2,"words":1234)"));
}

TEST(AnalysisOutputTest, NamesOfFilesAreOnlyNames) {
  const v1::AnalyzeResponse report = Report("=x,\"<b>\033[2J.txt");
  EXPECT_THAT(AnalysisCsv(kHead, report), HasSubstr("\"'=x,\"\"<b>"));
  EXPECT_THAT(AnalysisHtml(kHead, report), HasSubstr("=x,&quot;&lt;b&gt;"));
  EXPECT_THAT(AnalysisHtml(kHead, report), Not(HasSubstr("<b>")));
  EXPECT_THAT(AnalysisTable(kHead, report), Not(HasSubstr("\033")));
}

TEST(AnalysisOutputTest, OneFileIsTheJob) {
  v1::AnalyzeResponse report = Report("a.txt");
  report.mutable_files()->RemoveLast();
  EXPECT_THAT(AnalysisTable(kHead, report), Not(HasSubstr("a.txt")));
}

}  // namespace
}  // namespace reprise::client
