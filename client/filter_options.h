// The options of verbs that choose units by a filter, and the filter they make.
//
//   AddFilterOptions(verb, options.get());
//   RETURN_IF_ERROR(SetFilter(*options, &request));
#ifndef REPRISE_CLIENT_FILTER_OPTIONS_H_
#define REPRISE_CLIENT_FILTER_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "google/protobuf/timestamp.pb.h"
#include "reprise/v1/content.pb.h"

namespace reprise::client {

struct FilterOptions {
  std::vector<std::string> authors;
  std::vector<std::string> origins;
  std::string min_status;
  std::string since;
  std::string before;
  std::string document;
  std::string exclude_document;
  std::vector<std::string> attributes;  // KEY=VALUE
};

// Adds --author, --origin, --min-status, --since, --before, --document, --exclude-document and --attribute.
void AddFilterOptions(CLI::App* verb, FilterOptions* options);

// Sets what was given. Errors: INVALID_ARGUMENT that names the option.
absl::Status FillFilter(const FilterOptions& options, v1::UnitFilter* filter);

// Sets the filter of a request or of its options if any option was given. Errors: as FillFilter.
template <typename Message>
absl::Status SetFilter(const FilterOptions& options, Message* message) {
  v1::UnitFilter filter;
  RETURN_IF_ERROR(FillFilter(options, &filter));
  if (filter.ByteSizeLong() != 0) *message->mutable_filter() = std::move(filter);
  return absl::OkStatus();
}

// A day (2024-05-31, its first moment in UTC) or a moment (2024-05-31T10:00:00Z). Error: INVALID_ARGUMENT that names
// `option`.
absl::Status ParseDate(std::string_view option, const std::string& text, google::protobuf::Timestamp* out);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_FILTER_OPTIONS_H_
