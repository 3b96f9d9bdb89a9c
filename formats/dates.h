// Dates as TMX writes them, and ISO 8601 as others write them there. Safe to call concurrently.
//
//   int64_t us = 0;
//   ParseDate("20240131T235959Z", &us);   // true
//   FormatDate(us);                        // "20240131T235959Z"
#ifndef REPRISE_FORMATS_DATES_H_
#define REPRISE_FORMATS_DATES_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise {

// "YYYYMMDD[Thhmm[ss]][Z]" or "YYYY-MM-DD[(T| )hh:mm[:ss[.fraction]]][Z|+hh:mm|-hh:mm]" -> microseconds since 1970 UTC.
// No zone means UTC. False, and `us` as it was, if it is neither, no such day, or the very moment that means "unknown".
bool ParseDate(std::string_view text, int64_t* us);

// "YYYYMMDDThhmmssZ"; "" if the date has no four-digit year.
std::string FormatDate(int64_t us);

}  // namespace reprise

#endif  // REPRISE_FORMATS_DATES_H_
