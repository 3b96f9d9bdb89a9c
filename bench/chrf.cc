#include "bench/chrf.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace reprise::bench {
namespace {

// Unicode's White_Space, as bytes.
bool IsSpace(const std::string& c) {
  static const std::set<std::string> kSpaces = {"\t",     "\n",     "\v",     "\f",     "\r",     " ",      "\u0085",
                                                "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004",
                                                "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028",
                                                "\u2029", "\u202F", "\u205F", "\u3000"};
  return kSpaces.count(c) > 0;
}

// The code points of the text but white space, each as its bytes.
std::vector<std::string> Characters(std::string_view text) {
  std::vector<std::string> out;
  for (size_t i = 0; i < text.size();) {
    size_t n = 1;
    while (i + n < text.size() && (static_cast<unsigned char>(text[i + n]) & 0xC0) == 0x80) ++n;
    std::string c(text.substr(i, n));
    if (!IsSpace(c)) out.push_back(c);
    i += n;
  }
  return out;
}

std::map<std::string, int> Grams(const std::vector<std::string>& characters, size_t n) {
  std::map<std::string, int> out;
  for (size_t i = 0; i + n <= characters.size(); ++i) {
    std::string gram;
    for (size_t k = i; k < i + n; ++k) gram += characters[k];
    ++out[gram];
  }
  return out;
}

}  // namespace

double ChrF2(std::string_view hypothesis, std::string_view reference) {
  std::vector<std::string> h = Characters(hypothesis), r = Characters(reference);
  double precision = 0, recall = 0;
  int orders = 0;
  for (size_t n = 1; n <= 6; ++n) {
    double in_h = h.size() >= n ? static_cast<double>(h.size() - n + 1) : 0;
    double in_r = r.size() >= n ? static_cast<double>(r.size() - n + 1) : 0;
    if (in_h == 0 || in_r == 0) continue;
    ++orders;
    std::map<std::string, int> mine = Grams(h, n), theirs = Grams(r, n);
    double common = 0;
    for (const auto& [gram, count] : mine) {
      auto it = theirs.find(gram);
      if (it != theirs.end()) common += std::min(count, it->second);
    }
    precision += common / in_h;
    recall += common / in_r;
  }
  if (orders == 0) return 0;
  precision /= orders;
  recall /= orders;
  constexpr double kBeta2 = 4;
  double denominator = kBeta2 * precision + recall;
  return denominator == 0 ? 0 : 100 * (1 + kBeta2) * precision * recall / denominator;
}

}  // namespace reprise::bench
