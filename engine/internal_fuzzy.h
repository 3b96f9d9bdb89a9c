// The best match of a segment among earlier segments of the same job: what an analysis calls internal fuzzy matches.
//
//   InternalFuzzy earlier;
//   int score = earlier.Best(text, 50);   // 0 if none reaches 50
//   earlier.Add(std::move(text));
//
// Scores are base scores of the ladder (match/score.h), never above 99, and exact: what cannot reach the score that is
// wanted is skipped by the bound on shared letters alone, none for being one of many. Not thread-safe.
#ifndef REPRISE_ENGINE_INTERNAL_FUZZY_H_
#define REPRISE_ENGINE_INTERNAL_FUZZY_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "match/score.h"

namespace reprise {

class InternalFuzzy {
 public:
  // The highest base score of `text` with a text that was added, if it is at least `lowest`, else 0.
  // REQUIRES: 1 <= lowest.
  int Best(const TokenizedContent& text, int lowest);

  void Add(TokenizedContent text);

 private:
  // Small, since a job has many: what else a score needs is made again for the few that it is taken of.
  struct Row {
    Content content;
    uint32_t weight = 0;
    std::vector<Symbol> symbols;
  };

  static uint32_t Prefix(const void* self, uint32_t a, uint32_t b);
  std::vector<Symbol> SymbolsOf(const std::vector<Token>& tokens);
  // The best of the texts of the same key form or bare form, whose words are the same.
  int BestNearExact(const TokenizedContent& text) const;

  std::vector<Row> rows_;
  // Rows by the hash of key form and bare form; a row that only shares the hash is scored like any other.
  std::unordered_map<size_t, std::vector<uint32_t>> by_key_, by_bare_;
  std::map<std::pair<TokenClass, std::string>, uint32_t> ids_;
  std::unordered_map<std::string, uint32_t> stems_;
  std::vector<std::string> keys_;                // by id
  std::vector<std::vector<uint32_t>> postings_;  // rows that hold it, by stem
  std::vector<uint32_t> visited_;                // by row: the question that looked at it last
  std::vector<uint32_t> asked_;                  // by stem: the question that holds it
  uint32_t question_ = 0;
  Aligner aligner_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_INTERNAL_FUZZY_H_
