// How unit_stream.cc knows a TSV file by its content. Safe to call concurrently.
#ifndef REPRISE_FORMATS_TSV_H_
#define REPRISE_FORMATS_TSV_H_

#include <string_view>

namespace reprise {

// True if the line (without its line end) is a header row with source and target, or a row of the headerless shape.
bool LooksLikeTsv(std::string_view first_line);

}  // namespace reprise

#endif  // REPRISE_FORMATS_TSV_H_
