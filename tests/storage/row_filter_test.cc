// Each filter of the index against its definition: whatever pair reaches a percent, no filter of that percent turns it
// away. REPRISE_FULL=1 makes a million pairs.
#include "storage/row_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "storage/delta.h"
#include "tests/storage/random_rows.h"

namespace reprise {
namespace {

using testing::ExactShared;
using testing::RandomTexts;

int Pairs() {
  const char* full = std::getenv("REPRISE_FULL");
  return full != nullptr && std::string(full) == "1" ? 1000000 : 40000;
}

TEST(RowFilterTest, NoFilterDropsARowThatReachesThePercent) {
  RandomTexts texts(7);
  uint64_t reached = 0, turned_away = 0;
  std::string query_text;
  std::vector<Token> query_tokens;
  for (int pair = 0; pair < Pairs(); ++pair) {
    if (pair % 8 == 0) {
      query_text = texts.Text();
      query_tokens = TokenizeKeyForm(query_text);
    }
    const std::string row_text = pair % 4 == 0 ? texts.Text() : texts.Mutated(query_text);
    const std::vector<Token> row_tokens = TokenizeKeyForm(row_text);
    Vocabulary vocabulary;
    if (pair % 3 != 0) {
      // Another row has all of the query's stems, so that those which this row lacks are known and have their bits.
      MakeIndexRow(2, 1, PreparedText(query_text), &vocabulary);
    }
    const IndexRow row = MakeIndexRow(1, 1, PreparedText(row_text), &vocabulary);
    const uint32_t shared = ExactShared(query_tokens, row_tokens);
    const uint32_t max_weight = std::max(TotalWeight(query_tokens), row.weight);
    const int exact = Percent(shared, max_weight);

    const IndexQuery query(query_tokens);
    const BoundQuery bound(query, vocabulary);
    for (int percent : {exact, exact + 1, 30, 50, 70, 90}) {
      if (percent < 1 || percent > 100) continue;
      RowFilter filter(bound, percent);
      const uint32_t needed = filter.Needed(row.weight);
      const bool weight = filter.WeightFits(row.weight);
      const char* at = reinterpret_cast<const char*>(&row.signature);
      uint32_t letters = 0;
      filter.SignatureLetters(&at, 1, &letters);
      const bool signature = letters >= needed;
      filter.StartRow(row.weight);
      bool tokens = true;
      for (const Symbol& s : row.symbols) tokens = tokens && filter.AddToken(s.id, s.stem, s.weight);
      RowHit hit;
      const bool accepted = tokens && filter.Accept(&hit);
      if (percent > exact) {
        ASSERT_FALSE(accepted) << percent << " > " << exact << ": \"" << query_text << "\" / \"" << row_text << "\"";
        turned_away += !weight || !signature || !tokens;
        continue;
      }
      ++reached;
      ASSERT_TRUE(weight) << percent << "%: \"" << query_text << "\" / \"" << row_text << "\"";
      ASSERT_TRUE(signature) << percent << "%: \"" << query_text << "\" / \"" << row_text << "\"";
      ASSERT_GE(letters, shared) << "\"" << query_text << "\" / \"" << row_text << "\"";
      ASSERT_TRUE(accepted) << percent << "%: \"" << query_text << "\" / \"" << row_text << "\"";
      ASSERT_EQ(hit.shared, shared) << "\"" << query_text << "\" / \"" << row_text << "\"";
      ASSERT_EQ(hit.max_weight, max_weight);
    }
  }
  // The test means something only if both happen often.
  EXPECT_GT(reached, static_cast<uint64_t>(Pairs()) / 2);
  EXPECT_GT(turned_away, static_cast<uint64_t>(Pairs()) / 4);
}

// Many rows at once are the rows that fit one by one, also at the ends of blocks.
TEST(RowFilterTest, RowsSideBySideFitAsEachDoes) {
  RandomTexts texts(30);
  uint64_t fitting_rows = 0, other_rows = 0;
  for (uint32_t count : {0u, 1u, 255u, 256u, 257u, 600u}) {
    for (int percent : {40, 70, 95}) {
      const std::string query_text = texts.Text();
      Vocabulary vocabulary;
      std::vector<uint32_t> weights;
      std::vector<Signature> signatures;
      for (uint32_t i = 0; i < count; ++i) {
        const std::string text = i % 3 == 0 ? texts.Text() : texts.Mutated(query_text);
        const IndexRow row = MakeIndexRow(i, 1, PreparedText(text), &vocabulary);
        weights.push_back(row.weight);
        signatures.push_back(row.signature);
      }
      const std::vector<Token> query_tokens = TokenizeKeyForm(query_text);
      const IndexQuery query(query_tokens);
      const BoundQuery bound(query, vocabulary);
      RowFilter filter(bound, percent);
      std::vector<uint32_t> expected;
      for (uint32_t i = 0; i < count; ++i) {
        const char* at = reinterpret_cast<const char*>(&signatures[i]);
        uint32_t letters = 0;
        filter.SignatureLetters(&at, 1, &letters);
        if (filter.WeightFits(weights[i]) && letters >= filter.Needed(weights[i])) expected.push_back(i);
      }
      std::vector<uint32_t> rows(count);
      rows.resize(filter.FittingRows(weights.data(), signatures.data(), count, rows.data()));
      ASSERT_EQ(rows, expected) << count << " rows at " << percent;
      fitting_rows += rows.size();
      other_rows += count - rows.size();
    }
  }
  EXPECT_GT(fitting_rows, 500U);
  EXPECT_GT(other_rows, 500U);
}

// Gathered or bit by bit, for queries of few and of many bits.
TEST(SignatureSumTest, BothWaysGiveTheSum) {
  std::mt19937_64 rng(11);
  for (uint32_t bits : {0u, 1u, 7u, 8u, 9u, 40u, 64u, 65u, 128u}) {
    for (int round = 0; round < 20; ++round) {
      std::vector<uint32_t> places(128);
      std::iota(places.begin(), places.end(), 0u);
      // Once all low bits, once all high ones, then any.
      if (round == 1) std::reverse(places.begin(), places.end());
      if (round > 1) std::shuffle(places.begin(), places.end(), rng);
      std::vector<SignatureSum::Bit> query;
      for (uint32_t i = 0; i < bits; ++i) query.push_back({places[i], static_cast<uint32_t>(rng() % 100000)});
      std::vector<Signature> rows(50);
      std::vector<const char*> at;
      std::vector<uint32_t> expected;
      for (Signature& row : rows) {
        row.bits[0] = rng() & rng();
        row.bits[1] = rng() | (round % 2 == 0 ? rng() : 0);
        at.push_back(reinterpret_cast<const char*>(&row));
        uint32_t sum = 0;
        for (const SignatureSum::Bit& b : query) sum += (row.bits[b.bit / 64] >> b.bit % 64 & 1) != 0 ? b.letters : 0;
        expected.push_back(sum);
      }
      std::vector<uint32_t> letters(rows.size());
      SignatureSum best(query), portable(query, SignatureSum::Code::kPortable);
      EXPECT_FALSE(portable.gathers());
      best.Letters(at.data(), static_cast<uint32_t>(at.size()), letters.data());
      EXPECT_EQ(letters, expected) << bits << " bits, gathered: " << best.gathers();
      portable.Letters(at.data(), static_cast<uint32_t>(at.size()), letters.data());
      EXPECT_EQ(letters, expected) << bits << " bits, portable";
    }
  }
}

}  // namespace
}  // namespace reprise
