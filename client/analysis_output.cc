#include "client/analysis_output.h"

#include <cstdio>
#include <utility>
#include <vector>

#include "client/json.h"
#include "client/names.h"
#include "client/penalty_options.h"
#include "client/terminal.h"
#include "client/utf8.h"

namespace reprise::client {
namespace {

const char* CountWord(v1::CountRules rules) {
  switch (rules) {
    case v1::COUNT_RULES_TRADOS_LIKE: return "trados-like";
    case v1::COUNT_RULES_OMEGAT: return "omegat";
    default: return "words";
  }
}

// Pads to `width` code points, to the right of a negative one.
std::string Padded(std::string_view text, int width) {
  int length = 0;
  for (std::string_view rest = text; !rest.empty(); ++length) NextCodePoint(&rest);
  const int missing = (width < 0 ? -width : width) - length;
  const std::string space(missing > 0 ? static_cast<size_t>(missing) : 0, ' ');
  return width < 0 ? std::string(text) + space : space + std::string(text);
}

std::string Decimal(double value) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

std::string ListText(const google::protobuf::RepeatedPtrField<std::string>& list) {
  std::string text;
  for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
  return text;
}

std::string FilterText(const v1::UnitFilter& filter) {
  std::vector<std::string> parts;
  std::string origins;
  for (int i = 0; i < filter.origins_size(); ++i) {
    origins += (origins.empty() ? "" : ", ") + std::string(OriginWord(filter.origins(i)));
  }
  if (!origins.empty()) parts.push_back("origin " + origins);
  if (filter.min_status() != v1::VARIANT_STATUS_UNSPECIFIED) {
    parts.push_back(std::string("status from ") + StatusWord(filter.min_status()));
  }
  if (filter.authors_size() > 0) parts.push_back("author " + ListText(filter.authors()));
  if (filter.has_changed_from()) parts.push_back("changed from " + std::to_string(filter.changed_from().seconds()));
  if (filter.has_changed_to()) parts.push_back("changed before " + std::to_string(filter.changed_to().seconds()));
  if (!filter.document().empty()) parts.push_back("document " + filter.document());
  if (!filter.exclude_document().empty()) parts.push_back("not document " + filter.exclude_document());
  if (filter.attributes_size() > 0) parts.push_back(std::to_string(filter.attributes_size()) + " attributes");
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : "; ") + part;
  return text.empty() ? "none" : text;
}

// What the counts rest on, as name and text: it is a part of every report.
std::vector<std::pair<std::string, std::string>> HeadLines(const AnalysisHead& head,
                                                           const v1::AnalyzeResponse& report) {
  std::string memories;
  for (const v1::MemoryRef& memory : report.memories()) {
    memories += (memories.empty() ? "" : ", ") + ShortMemory(memory.name());
    if (memory.penalty() > 0) memories += " -" + std::to_string(memory.penalty());
  }
  const v1::PenaltyTable& p = report.penalties();
  const std::pair<const char*, int> points[] = {{"codes", p.codes()},       {"alignment", p.alignment()},
                                                {"machine", p.machine()},   {"draft", p.draft()},
                                                {"fallback", p.fallback()}, {"ambiguous", p.ambiguous()}};
  std::string penalties;
  for (const auto& [name, value] : points) {
    penalties += (penalties.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(value);
  }
  for (const v1::MemoryPenalties& own : report.memory_penalties()) {
    penalties += "; in " + ShortMemory(own.memory());
    for (const auto& [name, value] : PointsOf(own.penalties())) penalties += " " + name + " " + std::to_string(value);
  }
  std::vector<std::pair<std::string, std::string>> lines = {{"languages", head.from + " to " + head.to},
                                                            {"memories", memories},
                                                            {"penalties", penalties},
                                                            {"filter", FilterText(report.filter())},
                                                            {"words", CountWord(report.count())},
                                                            {"repetitions", head.repetitions}};
  if (!report.profile().empty()) lines.insert(lines.begin() + 1, {"profile", ShortProfile(report.profile())});
  return lines;
}

std::vector<const v1::FileAnalysis*> Parts(const v1::AnalyzeResponse& report) {
  std::vector<const v1::FileAnalysis*> parts;
  for (const v1::FileAnalysis& file : report.files()) parts.push_back(&file);
  if (parts.size() == 1) parts.clear();
  parts.push_back(&report.total());
  return parts;
}

std::vector<uint64_t> Numbers(const v1::AnalysisCounts& counts) {
  return {counts.segments(),         counts.words(),      counts.characters(), counts.characters_without_spaces(),
          counts.asian_characters(), counts.placeables(), counts.tags()};
}
constexpr const char* kColumns[] = {"segments", "words", "characters", "no spaces", "Asian", "placeables", "tags"};

std::string TableRow(std::string_view label, const v1::AnalysisCounts& counts, std::string_view percent) {
  std::string row = "  " + Padded(label, -14);
  for (uint64_t number : Numbers(counts)) row += Padded(Thousands(number), 12);
  return row + Padded(percent, 9) + "\n";
}

std::string FileTable(const v1::FileAnalysis& file, std::string_view name) {
  std::string text = Printable(name) + "\n  " + Padded("row", -14);
  for (const char* column : kColumns) text += Padded(column, 12);
  text += Padded("percent", 9) + "\n";
  for (const v1::AnalysisRowCounts& row : file.rows()) {
    text += TableRow(AnalysisRowLabel(row.row()), row.counts(), std::to_string(row.percent()) + "%");
    if (row.internal().segments() > 0) text += TableRow("  internal", row.internal(), "");
  }
  text += TableRow("total", file.total(), "");
  return text + "  weighted words: " + Decimal(file.weighted_words()) + "\n";
}

void CountsJson(const v1::AnalysisCounts& counts, JsonWriter* json) {
  constexpr const char* kNames[] = {"segments",         "words",      "characters", "characters_without_spaces",
                                    "asian_characters", "placeables", "tags"};
  const std::vector<uint64_t> numbers = Numbers(counts);
  json->BeginObject();
  for (size_t i = 0; i < numbers.size(); ++i) json->Key(kNames[i]).Number(static_cast<int64_t>(numbers[i]));
  json->EndObject();
}

void FileJson(const v1::FileAnalysis& file, JsonWriter* json) {
  json->BeginObject().Key("file").String(file.file()).Key("rows").BeginArray();
  for (const v1::AnalysisRowCounts& row : file.rows()) {
    json->BeginObject().Key("row").String(AnalysisRowLabel(row.row())).Key("percent").Number(row.percent());
    json->Key("counts");
    CountsJson(row.counts(), json);
    json->Key("internal");
    CountsJson(row.internal(), json);
    json->EndObject();
  }
  json->EndArray().Key("total");
  CountsJson(file.total(), json);
  json->Key("weighted_words").Double(file.weighted_words()).EndObject();
}

// A cell of CSV: quoted if it has to be; what a spreadsheet would take for a formula gets an apostrophe.
std::string Cell(std::string text) {
  if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string CsvRow(const std::string& file, const std::string& row, const std::string& source,
                   const v1::AnalysisCounts& counts, const std::string& percent) {
  std::string line = Cell(Printable(file)) + "," + Cell(row) + "," + source;
  for (uint64_t number : Numbers(counts)) line += "," + std::to_string(number);
  return line + "," + percent + "\n";
}

std::string Html(std::string_view text) {
  std::string out;
  for (char c : Printable(text)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string HtmlRow(std::string_view label, const v1::AnalysisCounts& counts, std::string_view percent,
                    const char* cls) {
  std::string row = std::string("<tr class=\"") + cls + "\"><th scope=\"row\">" + Html(label) + "</th>";
  for (uint64_t number : Numbers(counts)) row += "<td>" + Thousands(number) + "</td>";
  return row + "<td>" + Html(percent) + "</td></tr>\n";
}

}  // namespace

const char* AnalysisRowLabel(v1::AnalysisRow row) {
  switch (row) {
    case v1::ANALYSIS_ROW_LOCKED: return "locked";
    case v1::ANALYSIS_ROW_NUMBERS: return "numbers";
    case v1::ANALYSIS_ROW_REPETITION: return "repetitions";
    case v1::ANALYSIS_ROW_102: return "102";
    case v1::ANALYSIS_ROW_101: return "101";
    case v1::ANALYSIS_ROW_100: return "100";
    case v1::ANALYSIS_ROW_99_TO_95: return "99–95";
    case v1::ANALYSIS_ROW_94_TO_85: return "94–85";
    case v1::ANALYSIS_ROW_84_TO_75: return "84–75";
    case v1::ANALYSIS_ROW_74_TO_50: return "74–50";
    case v1::ANALYSIS_ROW_NONE: return "none";
    default: return "unknown";
  }
}

std::string AnalysisTable(const AnalysisHead& head, const v1::AnalyzeResponse& report) {
  std::string text;
  for (const auto& [name, value] : HeadLines(head, report)) {
    text += Padded(name + ":", -13) + " " + Printable(value) + "\n";
  }
  for (const v1::FileAnalysis* part : Parts(report)) {
    text += "\n" + FileTable(*part, part == &report.total() ? "all files" : part->file());
  }
  return text;
}

std::string AnalysisJson(const AnalysisHead& head, const v1::AnalyzeResponse& report) {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] : HeadLines(head, report)) json.Key(name).String(value);
  json.Key("files").BeginArray();
  for (const v1::FileAnalysis& file : report.files()) FileJson(file, &json);
  json.EndArray().Key("total");
  FileJson(report.total(), &json);
  return json.EndObject().text();
}

std::string AnalysisCsv(const AnalysisHead& head, const v1::AnalyzeResponse& report) {
  std::string text;
  for (const auto& [name, value] : HeadLines(head, report)) text += "# " + name + ": " + Printable(value) + "\n";
  text +=
      "file,row,source,segments,words,characters,characters_without_spaces,asian_characters,placeables,tags,percent\n";
  std::vector<const v1::FileAnalysis*> parts;
  for (const v1::FileAnalysis& file : report.files()) parts.push_back(&file);
  parts.push_back(&report.total());
  for (const v1::FileAnalysis* part : parts) {
    for (const v1::AnalysisRowCounts& row : part->rows()) {
      const std::string label = AnalysisRowLabel(row.row()), percent = std::to_string(row.percent());
      text += CsvRow(part->file(), label, "all", row.counts(), percent);
      if (row.row() >= v1::ANALYSIS_ROW_99_TO_95 && row.row() != v1::ANALYSIS_ROW_NONE) {
        text += CsvRow(part->file(), label, "internal", row.internal(), percent);
      }
    }
    text += CsvRow(part->file(), "total", "all", part->total(), "");
  }
  return text;
}

std::string AnalysisHtml(const AnalysisHead& head, const v1::AnalyzeResponse& report) {
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Analysis</title><style>\n"
      "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;margin:1em 0}\n"
      "th,td{padding:.2em .8em;text-align:right}th[scope=row],dt{text-align:left}\n"
      "thead,tr.total{border-bottom:1px solid;border-top:1px solid}tr.internal{color:#666}\n"
      "dl{display:grid;grid-template-columns:max-content auto;gap:.2em 1em}dd{margin:0}\n"
      "</style></head><body>\n<h1>Analysis</h1>\n<dl>\n";
  for (const auto& [name, value] : HeadLines(head, report)) {
    page += "<dt>" + Html(name) + "</dt><dd>" + Html(value) + "</dd>\n";
  }
  page += "</dl>\n";
  for (const v1::FileAnalysis* part : Parts(report)) {
    page += "<h2>" + Html(part == &report.total() ? "all files" : part->file()) + "</h2>\n<table><thead><tr><th></th>";
    for (const char* column : kColumns) page += std::string("<th scope=\"col\">") + column + "</th>";
    page += "<th scope=\"col\">percent</th></tr></thead><tbody>\n";
    for (const v1::AnalysisRowCounts& row : part->rows()) {
      page += HtmlRow(AnalysisRowLabel(row.row()), row.counts(), std::to_string(row.percent()) + "%", "row");
      if (row.internal().segments() > 0) page += HtmlRow("internal", row.internal(), "", "internal");
    }
    page += HtmlRow("total", part->total(), "", "total") +
            "</tbody></table>\n<p>Weighted words: " + Decimal(part->weighted_words()) + "</p>\n";
  }
  return page + "</body></html>\n";
}

}  // namespace reprise::client
