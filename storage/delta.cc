#include "storage/delta.h"

namespace reprise {

Delta::Delta(uint32_t capacity) : capacity_(capacity), chunks_(new std::atomic<Row*>[capacity / kChunk + 1]()) {}

Delta::~Delta() {
  for (uint32_t i = 0; i <= capacity_ / kChunk; ++i) delete[] chunks_[i].load();
}

void Delta::Append(RunRow in) {
  std::atomic<Row*>& chunk = chunks_[size_ / kChunk];
  if (chunk.load(std::memory_order_relaxed) == nullptr) chunk.store(new Row[kChunk], std::memory_order_release);
  Row& row = at(size_);
  for (const Symbol& s : in.symbols) row.signature.Add(s.stem);
  row.weight = in.weight;
  row.mask.store(in.mask, std::memory_order_relaxed);
  row.segment = in.segment;
  row.symbols = std::move(in.symbols);
  by_segment_[row.segment] = size_;
  ++size_;
}

uint32_t Delta::FindRow(uint64_t segment) const {
  auto it = by_segment_.find(segment);
  return it == by_segment_.end() ? kNoRow : it->second;
}

bool Delta::Search(RowFilter* filter, uint32_t count, uint64_t sequence, uint64_t mask,
                   const std::function<bool()>& cancelled, std::vector<RowHit>* hits) const {
  for (uint32_t begin = 0; begin < count; begin += kChunk) {
    if (cancelled && cancelled()) return false;
    const Row* rows = chunks_[begin / kChunk].load(std::memory_order_acquire);
    uint32_t n = std::min(kChunk, count - begin);
    for (uint32_t i = 0; i < n; ++i) {
      const Row& row = rows[i];
      if (!filter->WeightFits(row.weight) || !filter->SignatureFits(row.signature, row.weight)) continue;
      if ((row.mask.load(std::memory_order_acquire) & mask) == 0) continue;
      if (row.died.load(std::memory_order_acquire) <= sequence) continue;
      if (!filter->RowFits(row.symbols.data(), row.symbols.size(), row.weight)) continue;
      RowHit hit;
      if (!filter->Accept(row.symbols.data(), row.symbols.size(), row.weight, &hit)) continue;
      hit.segment = row.segment;
      hits->push_back(hit);
    }
  }
  return true;
}

std::vector<RunRow> Delta::LiveRows() const {
  std::vector<RunRow> out;
  for (uint32_t i = 0; i < size_; ++i) {
    const Row& row = at(i);
    if (row.died.load() != kAlive) continue;
    out.push_back({row.segment, row.mask.load(), row.weight, row.symbols});
  }
  return out;
}

}  // namespace reprise
