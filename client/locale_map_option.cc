#include "client/locale_map_option.h"

namespace reprise::client {

void AddLocaleMapOption(CLI::App* verb, std::vector<std::string>* mappings) {
  verb->add_option("--map-locale", *mappings,
                   "Read the file's locale FROM, as it stands there, as TO; may come several times")
      ->type_name("FROM=TO")
      ->allow_extra_args(false);
}

absl::StatusOr<LocaleMap> ParseLocaleMap(const std::vector<std::string>& mappings) {
  LocaleMap map;
  for (const std::string& mapping : mappings) {
    const std::string option = "--map-locale \"" + mapping + "\"";
    const size_t equals = mapping.rfind('=');  // no locale holds one, a file's own name for it may
    if (equals == std::string::npos) return FieldError(option, "is not FROM=TO, such as english=en-US");
    const absl::Status added = map.Add(std::string_view(mapping).substr(0, equals), mapping.substr(equals + 1));
    if (!added.ok()) return WithField(added, option);
  }
  return map;
}

}  // namespace reprise::client
