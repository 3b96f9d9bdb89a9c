// Each filter of the index against its definition: whatever pair reaches a percent, no filter of that percent turns it
// away. REPRISE_FULL=1 makes a million pairs.
#include "storage/row_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
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

// What the query has from its first key that the row has on, by the numbers of their stems: what a search asks in that
// key's list.
SignatureBound FromFirstShared(const BoundQuery& bound, const IndexRow& row) {
  uint32_t first = kUnknownId;
  for (const Symbol& s : row.symbols) {
    if (bound.KeyOf(s.stem) != kUnknownId) first = std::min(first, s.stem);
  }
  SignatureBound from;
  for (size_t key = 0; key < bound.stems().size(); ++key) {
    const uint32_t stem = bound.stems()[key];
    if (stem == kUnknownId || stem < first) continue;
    from.Add(bound.query().keys()[key].stem.hash, bound.query().keys()[key].weight);
  }
  return from;
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
      FromFirstShared(bound, row).Letters(&at, 1, &letters);
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

// Of texts of any length the letters are what a plain histogram says, with and without special instructions.
TEST(SignatureTest, LettersAreTheSmallerOfEachBucket) {
  std::mt19937_64 rng(11);
  uint64_t many = 0;
  for (int round = 0; round < 2000; ++round) {
    uint32_t query[Signature::kBuckets] = {}, other[Signature::kBuckets] = {};
    SignatureBound bound, rest;
    for (uint64_t tokens = rng() % (round % 10 == 0 ? 300 : 20); tokens > 0; --tokens) {
      const uint64_t hash = rng();
      const auto letters = static_cast<uint32_t>(1 + rng() % 20);
      (tokens % 2 == 0 ? bound : rest).Add(hash, letters);
      (tokens % 2 == 0 ? query : other)[Signature::BucketOf(hash)] += letters;
    }
    bound.Add(rest);
    std::vector<Signature> rows(20);
    std::vector<const char*> at;
    std::vector<uint32_t> expected;
    for (Signature& row : rows) {
      uint32_t held[Signature::kBuckets] = {};
      for (uint64_t tokens = rng() % (round % 7 == 0 ? 200 : 20); tokens > 0; --tokens) {
        const uint64_t hash = rng();
        const auto letters = static_cast<uint32_t>(1 + rng() % 20);
        row.Add(hash, letters);
        held[Signature::BucketOf(hash)] += letters;
      }
      uint32_t sum = 0;
      for (uint32_t b = 0; b < Signature::kBuckets; ++b) {
        ASSERT_EQ(row.At(b), std::min(held[b], Signature::kMany));
        // Where the row has many, nobody knows how many.
        const bool all = held[b] >= Signature::kMany;
        many += all && query[b] + other[b] > Signature::kMany;
        sum += all ? query[b] + other[b] : std::min(query[b] + other[b], held[b]);
      }
      at.push_back(reinterpret_cast<const char*>(&row));
      expected.push_back(sum);
    }
    std::vector<uint32_t> letters(rows.size());
    const auto count = static_cast<uint32_t>(rows.size());
    bound.Letters(at.data(), count, letters.data());
    ASSERT_EQ(letters, expected);
    bound.Letters(at.data(), count, letters.data(), SignatureBound::Code::kPortable);
    ASSERT_EQ(letters, expected) << "portable";
  }
  EXPECT_GT(many, 1000U);
}

// A text that has all tokens of another and more may hold it; one that lacks letters of a bucket may not.
TEST(SignatureTest, MayHoldItsParts) {
  std::mt19937_64 rng(12);
  for (int round = 0; round < 1000; ++round) {
    Signature whole, part, stranger;
    for (uint64_t tokens = 1 + rng() % 30; tokens > 0; --tokens) {
      const uint64_t hash = rng();
      const auto letters = static_cast<uint32_t>(1 + rng() % 12);
      whole.Add(hash, letters);
      if (rng() % 2 == 0) part.Add(hash, letters);
    }
    EXPECT_TRUE(whole.MayHold(part));
    stranger = part;
    const uint64_t hash = rng();
    const uint32_t bucket = Signature::BucketOf(hash);
    if (whole.At(bucket) == Signature::kMany) continue;
    stranger.Add(hash, whole.At(bucket) - part.At(bucket) + 1);
    EXPECT_FALSE(whole.MayHold(stranger));
  }
}

}  // namespace
}  // namespace reprise
