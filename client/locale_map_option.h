// --map-locale FROM=TO: what locale tags in a file mean.
//
//   AddLocaleMapOption(verb, &command->mappings);
//   ASSIGN_OR_RETURN(const LocaleMap map, ParseLocaleMap(command.mappings));
//
// Safe to call concurrently.
#ifndef REPRISE_CLIENT_LOCALE_MAP_OPTION_H_
#define REPRISE_CLIENT_LOCALE_MAP_OPTION_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/status.h"
#include "text/locale_map.h"

namespace reprise::client {

// Adds --map-locale, which may come several times, to a verb.
void AddLocaleMapOption(CLI::App* verb, std::vector<std::string>* mappings);

// The map of what was given. Error: as LocaleMap::Add, or INVALID_ARGUMENT for one that is not FROM=TO; it names the
// option and the mapping.
absl::StatusOr<LocaleMap> ParseLocaleMap(const std::vector<std::string>& mappings);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_LOCALE_MAP_OPTION_H_
