#include "storage/posting_block.h"

#include <algorithm>

#include "base/varint.h"

namespace reprise {

void AppendPostingBlock(const uint32_t* ordinals, const uint8_t* classes, uint32_t count, std::string* out) {
  if (count < kClassedBlock) {
    for (uint32_t i = 1; i < count; ++i) AppendVarint(ordinals[i] - ordinals[i - 1], out);
    return;
  }
  std::string steps[kPositionClasses];
  uint32_t last[kPositionClasses];
  std::fill(last, last + kPositionClasses, ordinals[0]);
  for (uint32_t i = 0; i < count; ++i) {
    const uint8_t c = classes[i];
    AppendVarint(ordinals[i] - last[c], &steps[c]);
    last[c] = ordinals[i];
  }
  for (const std::string& of_class : steps) AppendVarint(of_class.size(), out);
  for (const std::string& of_class : steps) *out += of_class;
}

uint32_t DecodePostingBlock(uint32_t first, const char* bytes, uint32_t count, const OrdinalRange* ranges,
                            uint32_t* out) {
  const char* at = bytes;
  uint32_t step = 0, written = 0;
  if (count < kClassedBlock) {
    const OrdinalRange range = ranges[0];
    uint32_t ordinal = first;
    for (uint32_t i = 0;;) {
      out[written] = ordinal;
      written += ordinal >= range.begin && ordinal < range.end ? 1 : 0;
      if (++i == count) return written;
      at = ReadTrustedVarint32(at, &step);
      ordinal += step;
    }
  }
  uint32_t sizes[kPositionClasses];
  for (uint32_t& size : sizes) at = ReadTrustedVarint32(at, &size);
  for (uint32_t c = 0; c < kPositionClasses; ++c) {
    const OrdinalRange range = ranges[c];
    const char* const stop = at + sizes[c];
    if (range.begin < range.end) {
      for (uint32_t ordinal = first; at < stop;) {
        at = ReadTrustedVarint32(at, &step);
        ordinal += step;
        if (ordinal >= range.end) break;
        out[written] = ordinal;
        written += ordinal >= range.begin ? 1 : 0;
      }
    }
    at = stop;
  }
  return written;
}

void DecodePostingBlock(uint32_t first, const char* bytes, uint32_t count, uint32_t* out) {
  OrdinalRange all[kPositionClasses];
  for (OrdinalRange& range : all) range.end = UINT32_MAX;
  DecodePostingBlock(first, bytes, count, all, out);
}

RowPositions::RowPositions(const std::vector<WeightClass>& weights) {
  uint32_t rows = 0;
  for (const WeightClass& w : weights) {
    rows += w.rows;
    weights_.push_back(w.weight);
    ends_.push_back(rows);
  }
  before_.assign(rows, 0);
}

void RowPositions::NextList(const std::vector<uint32_t>& ordinals, uint32_t letters, std::vector<uint8_t>* classes) {
  classes->resize(ordinals.size());
  auto end = ends_.begin();
  for (size_t i = 0; i < ordinals.size(); ++i) {
    const uint32_t row = ordinals[i];
    if (row >= *end) end = std::upper_bound(end, ends_.end(), row);
    const uint32_t weight = weights_[static_cast<size_t>(end - ends_.begin())];
    (*classes)[i] = static_cast<uint8_t>(PositionClass(before_[row], weight));
    const uint32_t before = before_[row] + std::min<uint32_t>(letters, UINT16_MAX);
    before_[row] = static_cast<uint16_t>(std::min<uint32_t>(before, UINT16_MAX));
  }
}

}  // namespace reprise
