// The report of a run of `reprise import`: counts of all its files, what was refused and warned about, and why.
//
//   ImportTotals totals;
//   totals.Add(counts);  totals.AddKinds(last_answer);
//   session->PrintLine(session->json() ? totals.Json(false) : totals.Text(false, seconds));
//
// Not thread-safe.
#ifndef REPRISE_CLIENT_IMPORT_TOTALS_H_
#define REPRISE_CLIENT_IMPORT_TOTALS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "reprise/v1/transfer.pb.h"

namespace reprise::client {

class ImportTotals {
 public:
  // A refusal or a warning of a file.
  struct Finding {
    std::string file;
    uint64_t line = 0;
    std::string unit;
    std::string text;
  };
  // So many warnings are kept for Json; all are counted.
  static constexpr size_t kMaxWarnings = 1000;

  // The last counts of a file.
  void Add(const v1::ImportCounts& counts);
  // The kinds of a file's last answer.
  void AddKinds(const v1::ImportResponse& answer);
  void AddRefusal(Finding finding) { refusals_.push_back(std::move(finding)); }
  void AddWarning(Finding finding);

  // True if units were refused with these words in the reason.
  bool HasRefusals(std::string_view with) const;

  // `name_files`: say of which file a refusal or warning is.
  std::string Json(bool name_files) const;
  // The counts on one line, and one for each kind of refusal and warning.
  std::string Text(bool dry_run, double seconds) const;

 private:
  using Kinds = std::map<std::string, uint64_t>;

  uint64_t read_ = 0, added_ = 0, updated_ = 0, merged_ = 0, skipped_ = 0, refused_ = 0, warned_ = 0;
  Kinds refusals_by_kind_, warnings_by_kind_;
  std::vector<Finding> refusals_, warnings_;
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_IMPORT_TOTALS_H_
