#include "bench/corpus_generator/hold_out.h"

#include <openssl/sha.h>

#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::bench {
namespace {

constexpr size_t kLeastWords = 4;

size_t Words(const std::string& key) {
  size_t words = 0;
  for (const Token& token : TokenizeKeyForm(key)) words += token.cls == TokenClass::kWord;
  return words;
}

std::string Sha256(const std::string& text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return std::string(reinterpret_cast<char*>(digest), sizeof(digest));
}

}  // namespace

HoldOutResult HoldOut(std::vector<Pair> pairs, size_t count) {
  HoldOutResult result;
  if (count == 0) {
    result.kept = std::move(pairs);
    return result;
  }
  std::vector<std::string> keys;
  std::unordered_set<std::string> seen, out;
  std::map<std::string, size_t> by_hash;
  for (size_t i = 0; i < pairs.size(); ++i) {
    keys.push_back(KeyForm(pairs[i].source));
    if (seen.insert(keys[i]).second && Words(keys[i]) >= kLeastWords) by_hash.emplace(Sha256(keys[i]), i);
  }
  for (const auto& [hash, i] : by_hash) {
    if (result.held_out.size() == count) break;
    result.held_out.push_back(pairs[i]);
    out.insert(keys[i]);
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (out.count(keys[i]) == 0) result.kept.push_back(std::move(pairs[i]));
  }
  return result;
}

}  // namespace reprise::bench
