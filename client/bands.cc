#include "client/bands.h"

#include <cstdio>

#include "client/terminal.h"
#include "client/utf8.h"
#include "text/tokenize.h"

namespace reprise::client {
namespace {

// Pads to `width` code points: the labels hold dashes that are longer in bytes than on the screen.
std::string Padded(std::string_view text, size_t width) {
  std::string out(text);
  size_t length = 0;
  for (std::string_view rest = text; !rest.empty(); ++length) NextCodePoint(&rest);
  if (length < width) out.append(width - length, ' ');
  return out;
}

std::string Row(std::string_view label, const BandCounts::Count& count, uint64_t all_words) {
  const unsigned share = all_words == 0 ? 0 : static_cast<unsigned>((count.words * 100 + all_words / 2) / all_words);
  char numbers[64];
  std::snprintf(numbers, sizeof(numbers), "%10s %8s %6u%%\n", Thousands(count.sentences).c_str(),
                Thousands(count.words).c_str(), share);
  return "  " + Padded(label, 8) + numbers;
}

}  // namespace

size_t BandOf(int score) {
  for (size_t i = 0; i + 1 < kBandRows.size(); ++i) {
    if (score >= kBandRows[i].low) return i;
  }
  return kBandRows.size() - 1;
}

void BandCounts::Add(int score, uint64_t words) {
  Count& row = rows_[BandOf(score)];
  row.sentences += 1;
  row.words += words;
}

BandCounts::Count BandCounts::Total() const {
  Count total;
  for (const Count& row : rows_) {
    total.sentences += row.sentences;
    total.words += row.words;
  }
  return total;
}

uint64_t WordCount(std::string_view text) {
  Content content;
  content.text = std::string(text);
  uint64_t words = 0;
  for (const Token& token : Tokenize(content)) {
    if (token.cls == TokenClass::kWord || IsPlaceable(token.cls)) ++words;
  }
  return words;
}

std::string BandTable(std::string_view locale, const BandCounts& counts) {
  const BandCounts::Count total = counts.Total();
  std::string out = Printable(locale) + "\n  band     sentences    words  share\n";
  for (size_t i = 0; i < kBandRows.size(); ++i) out += Row(kBandRows[i].label, counts.row(i), total.words);
  return out + Row("total", total, total.words);
}

}  // namespace reprise::client
