// Sentence chrF (Popović 2015): how close a text is to a reference, 0..100, by character n-grams.
//
//   ChrF2("Guten Tag", "Guten Morgen")
//
// n = 1..6, beta = 2, white space removed; precision and recall are averaged over the orders for which both texts have
// n-grams (the "effective order" of sacreBLEU). 0 if there is none. Pure, safe to call concurrently.
#ifndef REPRISE_BENCH_CHRF_H_
#define REPRISE_BENCH_CHRF_H_

#include <string_view>

namespace reprise::bench {

double ChrF2(std::string_view hypothesis, std::string_view reference);

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CHRF_H_
