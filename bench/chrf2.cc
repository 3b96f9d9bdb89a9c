// chrf2: a filter, for programs in other languages that must score as the benchmarks do.
//
//   printf 'Guten Tag\tGuten Morgen\n' | chrf2
//
// In: lines "hypothesis TAB reference", cells escaped as in TSV. Out: the score of each line, 0 to 100.
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "bench/chrf.h"
#include "formats/delimited.h"

int main() {
  std::string line;
  std::vector<std::string_view> cells;
  while (std::getline(std::cin, line)) {
    reprise::SplitTabs(line, &cells);
    if (cells.size() != 2) {
      std::fprintf(stderr, "chrf2: %zu cells in a line where hypothesis and reference are expected\n", cells.size());
      return 1;
    }
    std::printf("%.6f\n", reprise::bench::ChrF2(reprise::UnescapeCell(cells[0]), reprise::UnescapeCell(cells[1])));
  }
  return 0;
}
