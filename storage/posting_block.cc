#include "storage/posting_block.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/varint.h"

namespace reprise {
namespace {

uint32_t PackedBytes(uint32_t count, uint32_t width) { return (count * width + 7) / 8; }

// Numbers of `width` bits (0..32) one after the other, low bits first.
void AppendPacked(const uint32_t* numbers, uint32_t count, uint32_t width, std::string* out) {
  uint64_t bits = 0;
  uint32_t held = 0;
  for (uint32_t i = 0; i < count; ++i) {
    bits |= uint64_t{numbers[i]} << held;
    for (held += width; held >= 8; held -= 8, bits >>= 8) out->push_back(static_cast<char>(bits));
  }
  if (held > 0) out->push_back(static_cast<char>(bits));
}

}  // namespace

void AppendPostingBlock(const uint32_t* ordinals, const uint8_t* classes, uint32_t count, std::string* out) {
  if (count < kClassedBlock) {
    for (uint32_t i = 1; i < count; ++i) AppendVarint(ordinals[i] - ordinals[i - 1], out);
    return;
  }
  struct Class {
    uint32_t count = 0;
    uint32_t last = 0;
    uint32_t steps[kPostingBlock];
    uint32_t all = 0;  // bits that any step has
  };
  Class of[kPositionClasses];
  for (Class& c : of) c.last = ordinals[0];
  for (uint32_t i = 0; i < count; ++i) {
    Class& c = of[classes[i]];
    const uint32_t step = ordinals[i] - c.last;
    c.steps[c.count++] = step;
    c.all |= step;
    c.last = ordinals[i];
  }
  for (const Class& c : of) {
    AppendVarint(c.count, out);
    if (c.count != 0) out->push_back(static_cast<char>(std::bit_width(c.all)));
  }
  for (const Class& c : of) AppendPacked(c.steps, c.count, static_cast<uint32_t>(std::bit_width(c.all)), out);
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
  uint32_t counts[kPositionClasses];
  uint32_t widths[kPositionClasses];
  for (uint32_t c = 0; c < kPositionClasses; ++c) {
    at = ReadTrustedVarint32(at, &counts[c]);
    widths[c] = counts[c] != 0 ? static_cast<uint8_t>(*at++) : 0;
  }
  for (uint32_t c = 0; c < kPositionClasses; ++c) {
    const OrdinalRange range = ranges[c];
    const uint32_t width = widths[c];
    if (range.begin < range.end) {
      // Without a branch a posting: which of them are in the range is known only at its ends.
      const uint64_t mask = (uint64_t{1} << width) - 1;
      const uint32_t size = range.end - range.begin;
      const uint32_t room = kPostingBlock - written;  // enough for all, unless the page is damaged
      uint32_t ordinal = first, bit = 0;
      for (uint32_t i = 0; i < std::min(counts[c], room); ++i, bit += width) {
        uint64_t eight = 0;  // bytes, little-endian as all of a run (storage/run.cc)
        std::memcpy(&eight, at + bit / 8, sizeof(eight));
        ordinal += static_cast<uint32_t>(eight >> bit % 8 & mask);
        out[written] = ordinal;
        written += ordinal - range.begin < size ? 1 : 0;
      }
    }
    at += PackedBytes(counts[c], width);
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
