#include "storage/delta.h"

#include <algorithm>

namespace reprise {

IndexRow MakeIndexRow(uint64_t segment, uint64_t mask, const PreparedText& text, Vocabulary* vocabulary) {
  thread_local std::vector<TokenSpan> tokens;
  TokenizeKeyForm(text.key_form, &tokens);
  IndexRow row;
  row.segment = segment;
  row.mask = mask;
  row.bare = text.bare;
  row.symbols.reserve(tokens.size());
  for (const TokenSpan& token : tokens) {
    if (token.weight == 0) continue;
    row.weight += token.weight;
    uint64_t stem_hash = 0;
    row.symbols.push_back(vocabulary->Intern(text.key_form, token, &stem_hash));
    row.signature.Add(stem_hash, token.weight);
  }
  return row;
}

Delta::Delta(uint32_t capacity) : capacity_(capacity), chunks_(new std::atomic<Chunk*>[capacity / kChunk + 1]()) {}

Delta::~Delta() {
  for (uint32_t i = 0; i <= capacity_ / kChunk; ++i) delete chunks_[i].load();
}

void Delta::Append(IndexRow in) {
  std::atomic<Chunk*>& slot = chunks_[size_ / kChunk];
  if (slot.load(std::memory_order_relaxed) == nullptr) slot.store(new Chunk(), std::memory_order_release);
  Chunk& rows = *slot.load(std::memory_order_relaxed);
  const uint32_t i = size_ % kChunk;
  rows.signature[i] = in.signature;
  rows.weight[i] = in.weight;
  rows.bare[i] = in.bare;
  rows.mask[i].store(in.mask, std::memory_order_relaxed);
  rows.died[i].store(kAlive, std::memory_order_relaxed);
  rows.segment[i] = in.segment;
  rows.symbols[i] = std::move(in.symbols);
  by_segment_[in.segment] = size_;
  ++size_;
}

uint32_t Delta::FindRow(uint64_t segment) const {
  auto it = by_segment_.find(segment);
  return it == by_segment_.end() ? kNoRow : it->second;
}

bool Delta::Search(const RowFilter& fitting, RowFilter* filter, uint32_t count, uint64_t sequence, uint64_t mask,
                   const std::function<bool()>& cancelled, std::vector<RowHit>* hits, uint64_t* most) const {
  for (uint32_t begin = 0; begin < count; begin += kChunk) {
    if (cancelled && cancelled()) return false;
    const Chunk& rows = chunk(begin);
    const uint32_t n = std::min(kChunk, count - begin);
    uint32_t places[kChunk];
    const uint32_t fit = fitting.FittingRows(rows.weight, rows.signature, n, places);
    for (uint32_t f = 0; f < fit; ++f) {
      const uint32_t i = places[f];
      const uint64_t row_mask = rows.mask[i].load(std::memory_order_acquire);
      if ((row_mask & mask) == 0) continue;
      if (rows.died[i].load(std::memory_order_acquire) <= sequence) continue;
      if (most != nullptr) {
        if (*most == 0) return true;
        --*most;
      }
      filter->StartRow(rows.weight[i]);
      bool fits = true;
      for (const Symbol& s : rows.symbols[i]) {
        fits = filter->AddToken(s.id, s.stem, s.weight);
        if (!fits) break;
      }
      RowHit hit;
      if (!fits || !filter->Accept(&hit)) continue;
      hit.segment = rows.segment[i];
      hit.mask = row_mask;
      hits->push_back(hit);
    }
  }
  return true;
}

bool Delta::Visit(uint32_t count, uint64_t sequence, uint64_t mask, const std::function<bool()>& cancelled,
                  const Visitor& visit) const {
  for (uint32_t row = 0; row < count; ++row) {
    if (row % kChunk == 0 && cancelled && cancelled()) return false;
    const Chunk& rows = chunk(row);
    const uint32_t i = row % kChunk;
    const uint64_t row_mask = rows.mask[i].load(std::memory_order_acquire);
    if ((row_mask & mask) == 0 || rows.died[i].load(std::memory_order_acquire) <= sequence) continue;
    visit(rows.segment[i], row_mask, rows.symbols[i]);
  }
  return true;
}

void Delta::FindBare(uint32_t count, uint64_t sequence, const std::vector<uint32_t>& hashes,
                     const std::function<void(size_t i, uint64_t segment)>& found) const {
  constexpr uint32_t kGroup = 64;  // rows that are compared without a branch between them
  static_assert(kChunk % kGroup == 0);
  auto look = [&](const Chunk& rows, uint32_t i) {
    if (rows.bare[i] == 0 || rows.died[i].load(std::memory_order_acquire) <= sequence) return;
    auto hash = std::lower_bound(hashes.begin(), hashes.end(), rows.bare[i]);
    for (; hash != hashes.end() && *hash == rows.bare[i]; ++hash) {
      found(static_cast<size_t>(hash - hashes.begin()), rows.segment[i]);
    }
  };
  for (uint32_t begin = 0; begin < count; begin += kGroup) {
    const Chunk& rows = chunk(begin);
    const uint32_t first = begin % kChunk;
    const uint32_t n = std::min(kGroup, count - begin);
    if (hashes.size() == 1 && n == kGroup) {
      uint32_t any = 0;
      for (uint32_t i = 0; i < kGroup; ++i) any |= rows.bare[first + i] == hashes[0] ? 1u : 0u;
      if (any == 0) continue;
    }
    for (uint32_t i = first; i < first + n; ++i) look(rows, i);
  }
}

std::vector<IndexRow> Delta::LiveRows() const {
  std::vector<IndexRow> out;
  for (uint32_t row = 0; row < size_; ++row) {
    const Chunk& rows = chunk(row);
    const uint32_t i = row % kChunk;
    if (rows.died[i].load() != kAlive) continue;
    out.push_back(
        {rows.segment[i], rows.mask[i].load(), rows.weight[i], rows.bare[i], rows.signature[i], rows.symbols[i]});
  }
  return out;
}

}  // namespace reprise
