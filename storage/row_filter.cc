#include "storage/row_filter.h"

#include <utility>

namespace reprise {

RowFilter::RowFilter(const BoundQuery& bound, int percent) : bound_(bound), percent_(percent) {
  aligner_.SetQuery(bound.symbols().data(), bound.symbols().size());
  const uint32_t weight = bound.query().weight();
  min_weight_ = MinWeight(percent, weight);
  max_weight_ = MaxWeight(percent, weight, bound.reachable());
  for (size_t i = 0; i < bound.stems().size(); ++i) {
    if (bound.stems()[i] == kUnknownId) continue;
    const IndexQuery::Key& key = bound.query().keys()[i];
    signature_.Add(key.stem.hash, key.weight);
  }
}

uint32_t RowFilter::MinWeight(int percent, uint32_t query_weight) { return SharedNeeded(percent, query_weight); }

uint32_t RowFilter::MaxWeight(int percent, uint32_t query_weight, uint32_t reachable) {
  if (uint64_t{100} * reachable < static_cast<uint64_t>(percent) * query_weight) return 0;
  return static_cast<uint32_t>(uint64_t{100} * reachable / static_cast<uint64_t>(percent));
}

uint32_t RowFilter::FittingRows(const uint32_t* weights, const Signature* signatures, uint32_t count,
                                uint32_t* rows) const {
  constexpr uint32_t kBlock = 256;
  uint32_t places[kBlock], letters[kBlock];
  const char* at[kBlock];
  uint32_t fitting = 0;
  for (uint32_t begin = 0; begin < count; begin += kBlock) {
    const uint32_t end = std::min(count, begin + kBlock);
    uint32_t n = 0;
    for (uint32_t i = begin; i < end; ++i) {
      places[n] = i;
      at[n] = reinterpret_cast<const char*>(&signatures[i]);
      n += WeightFits(weights[i]) ? 1 : 0;
    }
    SignatureLetters(at, n, letters);
    for (uint32_t k = 0; k < n; ++k) {
      rows[fitting] = places[k];
      fitting += letters[k] >= Needed(weights[places[k]]) ? 1 : 0;
    }
  }
  return fitting;
}

void RowFilter::StartRow(uint32_t row_weight) {
  row_weight_ = row_weight;
  needed_ = Needed(row_weight);
  // Each aligned token earns at most its own weight: what lies under strange stems is lost.
  spare_ = row_weight - std::min(row_weight, needed_);
  row_.clear();
}

bool RowFilter::Accept(RowHit* hit) {
  if (row_weight_ < needed_) return false;
  const uint32_t shared = aligner_.Align(row_.data(), row_.size(), needed_, &BoundQuery::SharedPrefix, &bound_);
  if (shared < needed_) return false;
  hit->shared = shared;
  hit->max_weight = std::max(bound_.query().weight(), row_weight_);
  return true;
}

}  // namespace reprise
