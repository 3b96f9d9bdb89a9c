// How unit_stream.cc knows a CSV file by its content. Safe to call concurrently.
#ifndef REPRISE_FORMATS_CSV_H_
#define REPRISE_FORMATS_CSV_H_

#include <string_view>

namespace reprise {

// True if the line (without its line end) is a header row with source and target, between commas or semicolons.
bool LooksLikeCsv(std::string_view first_line);

}  // namespace reprise

#endif  // REPRISE_FORMATS_CSV_H_
