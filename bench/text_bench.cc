// Nanoseconds that text/ needs for an average sentence of each language of a corpus: key form, tokens, what import and
// lookup do besides. One thread.
//
//   text_bench CORPUS.en-de.tsv…      (columns: source locale, target locale, source, target)
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "text/locale.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise {
namespace {

constexpr size_t kSentences = 20000;
constexpr size_t kBlock = 2000;
constexpr int kPasses = 9;

// What every pass computes of the results, so that none is optimized away and all can be compared.
uint64_t checksum = 0;

// The best time of each block of sentences over all passes, so that what else the machine does falls out.
template <typename Work>
double BestNanoseconds(const std::vector<std::string>& texts, const Work& work) {
  double total = 0;
  for (size_t block = 0; block < texts.size(); block += kBlock) {
    const size_t end = std::min(block + kBlock, texts.size());
    double best = 1e18;
    uint64_t sum = 0;
    for (int pass = 0; pass < kPasses; ++pass) {
      sum = 0;
      const auto start = std::chrono::steady_clock::now();
      for (size_t i = block; i < end; ++i) sum += work(texts[i]);
      const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - start;
      best = std::min(best, elapsed.count());
    }
    total += best;
    checksum += sum;
  }
  return total / static_cast<double>(texts.size());
}

void Measure(const std::string& locale, const std::vector<std::string>& texts) {
  std::vector<std::string> keys;
  uint64_t bytes = 0;
  for (const std::string& text : texts) {
    keys.push_back(KeyForm(text));
    bytes += text.size();
  }
  std::string key, bare;
  std::vector<TokenSpan> tokens;
  const double key_form = BestNanoseconds(texts, [&](const std::string& text) {
    KeyForm(text, &key);
    return key.size();
  });
  const double tokenize = BestNanoseconds(keys, [&](const std::string& text) {
    TokenizeKeyForm(text, &tokens);
    return tokens.size();
  });
  const double all = BestNanoseconds(texts, [&](const std::string& text) {
    KeyForm(text, &key);
    TokenizeKeyForm(key, &tokens);
    BareForm(key, tokens, &bare);
    return bare.size();
  });
  const double owned = BestNanoseconds(
      texts, [&](const std::string& text) { return TokenizeKeyForm(std::string_view(KeyForm(text))).size(); });
  const double utf8 = BestNanoseconds(texts, [&](const std::string& text) { return ValidateUtf8(text).ok() ? 1 : 0; });
  const double canonical = BestNanoseconds(texts, [&](const std::string&) { return CanonicalLocale(locale)->size(); });
  const double match = BestNanoseconds(
      texts, [&](const std::string&) { return static_cast<uint64_t>(MatchLocale(locale, locale + "-x-a")); });
  std::printf("%-6s %6.1f %9.0f %9.0f %9.0f %9.0f %9.1f %9.1f %9.1f\n", locale.c_str(),
              static_cast<double>(bytes) / static_cast<double>(texts.size()), key_form, tokenize, all, owned, utf8,
              canonical, match);
}

int Run(const std::vector<std::string>& files) {
  std::map<std::string, std::vector<std::string>> texts;
  for (const std::string& name : files) {
    std::ifstream file(name);
    std::string line;
    while (std::getline(file, line)) {
      std::vector<std::string> cells;
      for (size_t at = 0; cells.size() < 4 && at <= line.size();) {
        const size_t tab = std::min(line.find('\t', at), line.size());
        cells.push_back(line.substr(at, tab - at));
        at = tab + 1;
      }
      if (cells.size() < 4) continue;
      for (int side = 0; side < 2; ++side) {
        if (texts[cells[side]].size() < kSentences) texts[cells[side]].push_back(cells[2 + side]);
      }
    }
  }
  if (texts.empty()) {
    std::fprintf(stderr, "usage: text_bench FILE.tsv...\n");
    return 1;
  }
  std::printf("%-6s %6s %9s %9s %9s %9s %9s %9s %9s  (ns)\n", "locale", "bytes", "key form", "tokens", "+bare", "owned",
              "utf-8", "canonical", "match");
  for (const auto& [locale, sentences] : texts) Measure(locale, sentences);
  std::printf("checksum %llu\n", static_cast<unsigned long long>(checksum));
  return 0;
}

}  // namespace
}  // namespace reprise

int main(int argc, char** argv) { return reprise::Run({argv + 1, argv + argc}); }
