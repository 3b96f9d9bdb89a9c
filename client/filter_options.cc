#include "client/filter_options.h"

#include <google/protobuf/util/time_util.h>

#include "client/names.h"

namespace reprise::client {
namespace {

// The enum value that `word_of` spells like this; unspecified if none does.
template <typename Enum>
Enum ValueOf(const std::string& word, Enum last, const char* (*word_of)(Enum)) {
  for (int i = 1; i <= static_cast<int>(last); ++i) {
    if (word == word_of(static_cast<Enum>(i))) return static_cast<Enum>(i);
  }
  return static_cast<Enum>(0);
}

}  // namespace

absl::Status ParseDate(std::string_view option, const std::string& text, google::protobuf::Timestamp* out) {
  constexpr size_t kDay = 10;  // 2024-05-31
  if (google::protobuf::util::TimeUtil::FromString(text.size() == kDay ? text + "T00:00:00Z" : text, out)) {
    return absl::OkStatus();
  }
  return InvalidArgument(std::string(option) + ": '" + text +
                         "' is no date; give one like 2024-05-31 or 2024-05-31T10:00:00Z");
}

void AddFilterOptions(CLI::App* verb, FilterOptions* options) {
  verb->add_option("--author", options->authors, "Changed (else created) by this; several: by one of them")
      ->type_name("NAME")
      ->allow_extra_args(false);
  verb->add_option("--origin", options->origins, "Of this origin; several: of one of them")
      ->check(CLI::IsMember({"human", "alignment", "machine", "import"}))
      ->allow_extra_args(false);
  verb->add_option("--min-status", options->min_status, "Trusted at least so far")
      ->check(CLI::IsMember({"draft", "translated", "reviewed", "final"}));
  verb->add_option("--since", options->since, "Changed on this day or later (UTC), or at this time or later")
      ->type_name("DATE");
  verb->add_option("--before", options->before, "Changed before this day or time")->type_name("DATE");
  verb->add_option("--document", options->document, "Seen in this document")->type_name("NAME");
  verb->add_option("--exclude-document", options->exclude_document, "Not seen in this document")->type_name("NAME");
  verb->add_option("--attribute", options->attributes, "With this value of this attribute")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  for (const char* name : {"--author", "--origin", "--min-status", "--since", "--before", "--document",
                           "--exclude-document", "--attribute"}) {
    verb->get_option(name)->group("Which translations count");
  }
}

absl::Status FillFilter(const FilterOptions& options, v1::UnitFilter* filter) {
  for (const std::string& author : options.authors) filter->add_authors(author);
  for (const std::string& origin : options.origins) {
    filter->add_origins(ValueOf(origin, v1::ORIGIN_IMPORT, OriginWord));
  }
  if (!options.min_status.empty()) {
    filter->set_min_status(ValueOf(options.min_status, v1::VARIANT_STATUS_FINAL, StatusWord));
  }
  if (!options.since.empty()) RETURN_IF_ERROR(ParseDate("--since", options.since, filter->mutable_changed_from()));
  if (!options.before.empty()) RETURN_IF_ERROR(ParseDate("--before", options.before, filter->mutable_changed_to()));
  filter->set_document(options.document);
  filter->set_exclude_document(options.exclude_document);
  for (const std::string& attribute : options.attributes) {
    const size_t equals = attribute.find('=');
    if (equals == std::string::npos || equals == 0) {
      return InvalidArgument("--attribute: '" + attribute + "' is not KEY=VALUE");
    }
    (*filter->mutable_attributes())[attribute.substr(0, equals)].add_values(attribute.substr(equals + 1));
  }
  return absl::OkStatus();
}

}  // namespace reprise::client
