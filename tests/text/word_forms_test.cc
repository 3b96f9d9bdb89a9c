// Forms of a word: by example, and the edits against the table of Wagner and Fischer with change-overs.
#include "text/word_forms.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace reprise {
namespace {

// Edits from a to b: the whole table.
size_t Edits(const std::string& a, const std::string& b) {
  std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

bool Expected(const std::string& a, const std::string& b) {
  const size_t shorter = std::min(a.size(), b.size()), longer = std::max(a.size(), b.size());
  if (a == b) return true;
  if (shorter < 4 || longer - shorter > 3) return false;
  size_t prefix = 0;
  while (prefix < shorter && a[prefix] == b[prefix]) ++prefix;
  if (prefix >= 4 && prefix * 3 >= shorter * 2 && longer <= prefix + 3) return true;
  return Edits(a, b) <= (shorter < 8 ? 1u : 2u);
}

TEST(WordFormsTest, Examples) {
  for (const auto& [a, b, expected] :
       std::vector<std::tuple<const char*, const char*, bool>>{{"update", "updating", true},
                                                               {"house", "houses", true},
                                                               {"ventil", "ventilen", true},
                                                               {"einstellung", "einstellungen", true},
                                                               {"receive", "recieve", true},
                                                               {"authentification", "authentication", true},
                                                               {"файл", "файлами", true},
                                                               {"файлы", "фаилы", true},
                                                               {"setting", "settlement", false},
                                                               {"run", "runner", false},
                                                               {"the", "teh", false},
                                                               {"local", "localization", false},
                                                               {"", "a", false},
                                                               {"", "", true}}) {
    EXPECT_EQ(AreWordForms(a, b), expected) << a << " " << b;
    EXPECT_EQ(AreWordForms(b, a), expected) << b << " " << a;
  }
  const std::string longest(70, 'x');
  EXPECT_TRUE(AreWordForms(longest, longest));
  EXPECT_FALSE(AreWordForms(longest, longest + "y"));  // compared whole only
}

TEST(WordFormsTest, AgreesWithTheWholeTable) {
  std::mt19937 random(1);
  size_t forms = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string a, b;
    for (size_t n = random() % 12; n > 0; --n) a += static_cast<char>('a' + random() % 3);
    b = a;
    for (size_t edits = random() % 5; edits > 0; --edits) {
      const size_t at = b.empty() ? 0 : random() % b.size();
      switch (random() % 4) {
        case 0: b.insert(at, 1, static_cast<char>('a' + random() % 3)); break;
        case 1: b.erase(at, 1); break;
        case 2:
          if (!b.empty()) b[at] = static_cast<char>('a' + random() % 3);
          break;
        default:
          if (at + 1 < b.size()) std::swap(b[at], b[at + 1]);
      }
    }
    ASSERT_EQ(AreWordForms(a, b), Expected(a, b)) << a << " " << b;
    forms += AreWordForms(a, b) && a != b ? 1 : 0;
  }
  EXPECT_GT(forms, 10000u);
}

}  // namespace
}  // namespace reprise
