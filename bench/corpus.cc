#include "bench/corpus.h"

#include <openssl/sha.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "formats/unit_stream.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::bench {
namespace {

constexpr size_t kMinQueryWords = 4;

class Collect : public UnitSink {
 public:
  Collect(std::string from, std::string to) : from_(std::move(from)), to_(std::move(to)) {}
  absl::Status OnUnit(Unit unit, uint64_t) override {
    Row row;
    for (const Variant& v : unit.variants) {
      if (v.locale == from_) row.source = v.content.text;
      if (v.locale == to_) row.target = v.content.text;
    }
    row.key = KeyForm(row.source);
    if (!row.key.empty() && !row.target.empty()) rows_.push_back(std::move(row));
    return absl::OkStatus();
  }
  absl::Status OnRefusal(Refusal) override { return absl::OkStatus(); }
  std::vector<Row> TakeRows() { return std::move(rows_); }

 private:
  const std::string from_, to_;
  std::vector<Row> rows_;
};

size_t Words(const std::string& key) {
  size_t words = 0;
  for (const Token& token : TokenizeKeyForm(key)) words += token.cls == TokenClass::kWord ? 1 : 0;
  return words;
}

std::string Sha256(const std::string& text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return std::string(reinterpret_cast<char*>(digest), sizeof(digest));
}

}  // namespace

absl::StatusOr<std::vector<Row>> ReadRows(const std::string& file, const std::string& from, const std::string& to) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return NotFound(file + " cannot be read; give a TSV file that is not compressed");
  std::stringstream bytes;
  bytes << in.rdbuf();
  Collect collect(from, to);
  ASSIGN_OR_RETURN(auto reader, NewUnitReader(Format::kTsv, {from, to}, &collect));
  RETURN_IF_ERROR(reader->Feed(bytes.str()));
  RETURN_IF_ERROR(reader->Finish());
  return collect.TakeRows();
}

HeldOut HoldOut(std::vector<Row> rows, size_t count) {
  std::map<std::string, const Row*> by_hash;
  std::set<std::string> seen;
  for (const Row& row : rows) {
    if (seen.insert(row.key).second && Words(row.key) >= kMinQueryWords) by_hash.emplace(Sha256(row.key), &row);
  }
  HeldOut out;
  std::set<std::string> queried;
  for (const auto& [hash, row] : by_hash) {
    if (out.queries.size() == count) break;
    out.queries.push_back(*row);
    queried.insert(row->key);
  }
  for (Row& row : rows) {
    if (queried.count(row.key) == 0) out.memory.push_back(std::move(row));
  }
  return out;
}

double Times::Mean() const {
  double sum = 0;
  for (double ms : ms_) sum += ms;
  return ms_.empty() ? 0 : sum / static_cast<double>(ms_.size());
}

double Times::At(double share) const {
  if (ms_.empty()) return 0;
  std::vector<double> sorted = ms_;
  std::sort(sorted.begin(), sorted.end());
  const double rank = std::ceil(share * static_cast<double>(sorted.size()));
  return sorted[std::clamp<size_t>(static_cast<size_t>(rank), 1, sorted.size()) - 1];
}

}  // namespace reprise::bench
