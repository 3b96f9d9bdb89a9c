#include "client/import_totals.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "client/json.h"
#include "client/terminal.h"

namespace reprise::client {
namespace {

// The most frequent first; of like ones the smaller text.
std::vector<std::pair<std::string, uint64_t>> Sorted(const std::map<std::string, uint64_t>& kinds) {
  std::vector<std::pair<std::string, uint64_t>> sorted(kinds.begin(), kinds.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

void WriteKinds(const char* name, const std::map<std::string, uint64_t>& kinds, JsonWriter* json) {
  json->Key(name).BeginArray();
  for (const auto& [reason, count] : Sorted(kinds)) {
    json->BeginObject().Key("reason").String(reason).Key("count").Number(static_cast<int64_t>(count)).EndObject();
  }
  json->EndArray();
}

void WriteFindings(const char* name, const char* text, const std::vector<ImportTotals::Finding>& findings,
                   bool name_files, JsonWriter* json) {
  json->Key(name).BeginArray();
  for (const ImportTotals::Finding& finding : findings) {
    json->BeginObject().Key("line").Number(static_cast<int64_t>(finding.line)).Key("unit").String(finding.unit);
    json->Key(text).String(finding.text);
    if (name_files) json->Key("file").String(finding.file);
    json->EndObject();
  }
  json->EndArray();
}

}  // namespace

void ImportTotals::Add(const v1::ImportCounts& counts) {
  read_ += counts.units_read();
  added_ += counts.added();
  updated_ += counts.updated();
  merged_ += counts.merged();
  skipped_ += counts.skipped();
  refused_ += counts.refused();
  warned_ += counts.warnings();
}

void ImportTotals::AddKinds(const v1::ImportResponse& answer) {
  for (const v1::ReasonCount& kind : answer.refusals_by_kind()) refusals_by_kind_[kind.reason()] += kind.count();
  for (const v1::ReasonCount& kind : answer.warnings_by_kind()) warnings_by_kind_[kind.reason()] += kind.count();
}

void ImportTotals::AddWarning(Finding finding) {
  if (warnings_.size() < kMaxWarnings) warnings_.push_back(std::move(finding));
}

bool ImportTotals::HasRefusals(std::string_view with) const {
  return std::any_of(refusals_by_kind_.begin(), refusals_by_kind_.end(),
                     [with](const auto& kind) { return kind.first.find(with) != std::string::npos; });
}

std::string ImportTotals::Json(bool name_files) const {
  JsonWriter json;
  json.BeginObject();
  for (const auto& [name, value] :
       {std::pair("read", read_), std::pair("added", added_), std::pair("updated", updated_),
        std::pair("merged", merged_), std::pair("skipped", skipped_), std::pair("refused", refused_),
        std::pair("warned", warned_)}) {
    json.Key(name).Number(static_cast<int64_t>(value));
  }
  WriteKinds("refusals_by_kind", refusals_by_kind_, &json);
  WriteFindings("refusals", "reason", refusals_, name_files, &json);
  WriteKinds("warnings_by_kind", warnings_by_kind_, &json);
  WriteFindings("warnings", "text", warnings_, name_files, &json);
  return json.EndObject().text();
}

std::string ImportTotals::Text(bool dry_run, double seconds) const {
  std::string text = dry_run ? "would import: " : "";
  text += Counted(read_, "unit", "units") + " read: " + Thousands(added_) + " added, " + Thousands(updated_) +
          " updated, " + Thousands(merged_) + " merged, " + Thousands(skipped_) + " skipped, " + Thousands(refused_) +
          " refused";
  char took[64];
  std::snprintf(took, sizeof(took), " in %.1f s", seconds);
  text += took;
  for (const auto& [reason, count] : Sorted(refusals_by_kind_)) {
    text += "\n  refused, " + Thousands(count) + ": " + Printable(reason);
  }
  for (const auto& [reason, count] : Sorted(warnings_by_kind_)) {
    text += "\n  warned, " + Thousands(count) + ": " + Printable(reason);
  }
  return text;
}

}  // namespace reprise::client
