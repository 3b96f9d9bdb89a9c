// The quality figures rest on this formula: values worked out from the definition by another program, in fractions and
// by comparing n-grams position by position.
#include "bench/chrf.h"

#include <gtest/gtest.h>

#include <string>

namespace reprise::bench {
namespace {

struct Worked {
  const char* hypothesis;
  const char* reference;
  double chrf2;
};

// By hand: "ab" against "abc" has n-grams on both sides up to n = 2. Precision (1 + 1) / 2, recall (2/3 + 1/2) / 2 =
// 7/12; 5 * 1 * 7/12 / (4 * 1 + 7/12) = 7/11.
TEST(ChrfTest, WorkedValues) {
  const Worked values[] = {
      {"", "", 0.000000},
      {"a", "", 0.000000},
      {"", "a", 0.000000},
      {"a", "a", 100.000000},
      {"a", "b", 0.000000},
      {"ab", "abc", 63.636364},
      {"abc", "ab", 87.500000},
      {"abcdef", "abcdef", 100.000000},
      {"abcdefgh", "abcdefgh", 100.000000},
      {"a b c", "abc", 100.000000},
      {"abc", "a\u00A0b\u3000c\n", 100.000000},
      {"aaaa", "aa", 78.125000},
      {"abab", "baba", 66.666667},
      {"Die Datei speichern.", "Die Datei wird gespeichert.", 53.879536},
      {"Die Datei wird gespeichert.", "Die Datei speichern.", 65.318763},
      {"Tabelle", "Abfrage", 7.142857},
      {"保存する", "保存します", 22.206592},
      {"文件", "文件夹", 63.636364},
      {"ภาษาไทย", "ภาษาจีน", 28.690476},
      {"😀😁", "😀😁😂", 63.636364},
      {"Größe ändern", "Grösse ändern", 55.565566},
  };
  for (const Worked& value : values) {
    EXPECT_NEAR(ChrF2(value.hypothesis, value.reference), value.chrf2, 1e-6)
        << "\"" << value.hypothesis << "\" against \"" << value.reference << "\"";
  }
}

TEST(ChrfTest, RecallWeighsFourTimes) {
  const std::string text = "Die Datei wird gespeichert.";
  EXPECT_GT(ChrF2(text + " Danach", text), ChrF2(text.substr(0, text.size() - 6), text));
}

}  // namespace
}  // namespace reprise::bench
