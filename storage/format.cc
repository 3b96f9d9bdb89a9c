#include "storage/format.h"

#include <xxhash.h>

namespace reprise::format {
namespace {

std::string Key(char letter) { return std::string(1, letter); }

std::string Key(char letter, uint32_t a) {
  std::string out(1, letter);
  AppendU32(&out, a);
  return out;
}

std::string Key(char letter, uint32_t a, uint32_t b) {
  std::string out = Key(letter, a);
  AppendU32(&out, b);
  return out;
}

}  // namespace

void AppendU32(std::string* out, uint32_t v) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(v >> shift));
}

void AppendU64(std::string* out, uint64_t v) {
  AppendU32(out, static_cast<uint32_t>(v >> 32));
  AppendU32(out, static_cast<uint32_t>(v));
}

std::string U64(uint64_t v) {
  std::string out;
  AppendU64(&out, v);
  return out;
}

uint32_t ReadU32(std::string_view in) {
  uint32_t v = 0;
  for (int i = 0; i < 4; ++i) v = v << 8 | static_cast<uint8_t>(in[i]);
  return v;
}

uint64_t ReadU64(std::string_view in) { return static_cast<uint64_t>(ReadU32(in)) << 32 | ReadU32(in.substr(4)); }

std::string Hash128(std::string_view bytes) {
  XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  std::string out;
  AppendU64(&out, h.high64);
  AppendU64(&out, h.low64);
  return out;
}

std::string MetaKey() { return Key('v'); }
std::string SequenceKey() { return Key('q'); }
std::string HighWaterKey() { return Key('i'); }
std::string MemoryPrefix() { return Key('m'); }
std::string MemoryKey(MemoryId memory) { return Key('m', memory); }
std::string LocalePrefix() { return Key('l'); }
std::string LocaleKey(LocaleId locale) { return Key('l', locale); }
std::string ProfilePrefix() { return "f"; }
std::string ProfileKey(std::string_view name) { return std::string("f").append(name); }
std::string CountKey(MemoryId memory) { return Key('c', memory); }
std::string RunListPrefix() { return Key('r'); }
std::string RunListKey(MemoryId memory, LocaleId locale) { return Key('r', memory, locale); }

std::string ImportPrefix() { return Key('j'); }
std::string ImportKey(std::string_view id) { return Key('j').append(id); }

std::string UnitPrefix(MemoryId memory) { return Key('u', memory); }

std::string UnitKey(MemoryId memory, UnitId unit) {
  std::string out = UnitPrefix(memory);
  AppendU64(&out, unit);
  return out;
}

std::string IdentityHash(std::string_view identity) { return Hash128(identity).substr(0, kIdentityBytes); }

uint64_t TargetsHash(std::string_view targets) { return XXH3_64bits(targets.data(), targets.size()); }

std::string IdentityKey(MemoryId memory, std::string_view identity_hash) {
  std::string out = Key('h', memory);
  out.push_back('\0');
  out += identity_hash;
  return out;
}

std::string OtherIdentityPrefix(MemoryId memory, std::string_view identity_hash) {
  std::string out = Key('h', memory);
  out.push_back('\1');
  out += identity_hash;
  return out;
}

std::string OtherIdentityKey(MemoryId memory, std::string_view identity_hash, uint64_t targets_hash) {
  std::string out = OtherIdentityPrefix(memory, identity_hash);
  AppendU64(&out, targets_hash);
  return out;
}

std::string ExactKey(MemoryId memory, LocaleId locale, std::string_view key_form) {
  std::string out = Key('k', memory, locale);
  if (key_form.size() <= kMaxLiteralKey) {
    out.push_back('\0');
    out += key_form;
  } else {
    out.push_back('\1');
    out += key_form.substr(0, kLongKeyPrefix);
    out += Hash128(key_form);
  }
  return out;
}

uint32_t BareHash(std::string_view bare_form) {
  const auto hash = static_cast<uint32_t>(XXH3_64bits(bare_form.data(), bare_form.size()) >> 32);
  return hash != 0 ? hash : 1;
}

std::string SegmentPrefix(MemoryId memory, LocaleId locale) { return Key('s', memory, locale); }

std::string SegmentKey(MemoryId memory, LocaleId locale, SegmentId segment) {
  std::string out = SegmentPrefix(memory, locale);
  AppendU64(&out, segment);
  return out;
}

std::string LinkTablePrefix() { return Key('n'); }

std::string LinkPrefix(MemoryId memory, SegmentId segment) {
  std::string out = Key('n', memory);
  AppendU64(&out, segment);
  return out;
}

std::string LinkKey(MemoryId memory, SegmentId segment, UnitId unit) {
  std::string out = LinkPrefix(memory, segment);
  AppendU64(&out, unit);
  return out;
}

std::string RunTablePrefix() { return Key('p'); }

std::string RunPrefix(RunId run) {
  std::string out = Key('p');
  AppendU64(&out, run);
  return out;
}

std::string RunPageKey(RunId run, uint8_t kind, uint32_t page) {
  std::string out = RunPrefix(run);
  out.push_back(static_cast<char>(kind));
  AppendU32(&out, page);
  return out;
}

std::string TombstoneTablePrefix() { return Key('t'); }

std::string TombstonePrefix(RunId run) {
  std::string out = Key('t');
  AppendU64(&out, run);
  return out;
}

std::string TombstoneKey(RunId run, uint32_t page) {
  std::string out = TombstonePrefix(run);
  AppendU32(&out, page);
  return out;
}

std::string MaskTablePrefix() { return Key('x'); }

std::string MaskPrefix(RunId run) {
  std::string out = Key('x');
  AppendU64(&out, run);
  return out;
}

std::string MaskKey(RunId run, uint32_t row) {
  std::string out = MaskPrefix(run);
  AppendU32(&out, row);
  return out;
}

std::string LogKey(uint64_t sequence, uint32_t index) {
  std::string out = U64(sequence);
  AppendU32(&out, index);
  return out;
}

}  // namespace reprise::format
