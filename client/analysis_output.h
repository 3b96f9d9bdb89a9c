// An analysis as people and programs read it: table, JSON, CSV, HTML.
//
//   AnalysisHead head{"en", "de", "across files"};
//   std::fputs(AnalysisTable(head, response).c_str(), stdout);
//
// Pure, safe to call concurrently.
#ifndef REPRISE_CLIENT_ANALYSIS_OUTPUT_H_
#define REPRISE_CLIENT_ANALYSIS_OUTPUT_H_

#include <string>

#include "reprise/v1/matches.pb.h"

namespace reprise::client {

// What was asked, printed above the counts.
struct AnalysisHead {
  std::string from;
  std::string to;
  std::string repetitions;  // "behind 100 %, across files"
};

// "94–85", "repetitions", "none": the label of a row.
const char* AnalysisRowLabel(v1::AnalysisRow row);

// For people: the head, a table for each file if there are several, and one for the job. Lines are ended.
std::string AnalysisTable(const AnalysisHead& head, const v1::AnalyzeResponse& report);
// One object, without a line end.
std::string AnalysisJson(const AnalysisHead& head, const v1::AnalyzeResponse& report);
// A line a file and row; columns are named in the first. The memories, penalties and filters stand in lines that begin
// with "#", before it.
std::string AnalysisCsv(const AnalysisHead& head, const v1::AnalyzeResponse& report);
// A page that loads nothing.
std::string AnalysisHtml(const AnalysisHead& head, const v1::AnalyzeResponse& report);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_ANALYSIS_OUTPUT_H_
