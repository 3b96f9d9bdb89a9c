// Every key of the store, in one place. docs/storage_format.md says the same in prose; persisted letters and numbers
// are never reused.
//
// Numbers in keys are big-endian, so that keys sort as numbers do. Values are the messages of record.proto unless the
// comment says otherwise. Memory and locale ids are numeric, assigned once, never reused.
//
//   kv->Get(KvTable::kSegments, format::ExactKey(memory, locale, key_form), &value)
//
// Thread-safety: pure functions.
#ifndef REPRISE_STORAGE_FORMAT_H_
#define REPRISE_STORAGE_FORMAT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace reprise::format {

inline constexpr uint32_t kFormatVersion = 1;
inline constexpr uint32_t kRunVersion = 1;

// Key forms up to this long stand literally in keys; of longer ones the first kLongKeyPrefix bytes and a hash.
inline constexpr size_t kMaxLiteralKey = 256;
inline constexpr size_t kLongKeyPrefix = 128;

using MemoryId = uint32_t;
using LocaleId = uint32_t;
using SegmentId = uint64_t;
using UnitId = uint64_t;
using RunId = uint64_t;

void AppendU32(std::string* out, uint32_t v);
void AppendU64(std::string* out, uint64_t v);
std::string U64(uint64_t v);
// REQUIRES: at least 4 (8) bytes.
uint32_t ReadU32(std::string_view in);
uint64_t ReadU64(std::string_view in);

// 128 bits of XXH3 (Y. Collet), stable across machines and releases of that library; 16 bytes.
std::string Hash128(std::string_view bytes);

// Table catalog.
std::string MetaKey();                                     // "v" -> MetaRecord
std::string SequenceKey();                                 // "q" -> u64, the last batch's sequence number
std::string HighWaterKey();                                // "i" -> u64, no id at or above it was ever used
std::string MemoryPrefix();                                // "m"
std::string MemoryKey(MemoryId memory);                    // "m" memory -> MemoryRecord
std::string LocalePrefix();                                // "l"
std::string LocaleKey(LocaleId locale);                    // "l" locale -> the canonical tag, literally
std::string CountKey(MemoryId memory);                     // "c" memory -> CountRecord
std::string RunListPrefix();                               // "r"
std::string RunListKey(MemoryId memory, LocaleId locale);  // "r" memory locale -> RunListRecord

// Table units.
std::string UnitPrefix(MemoryId memory);            // "u" memory
std::string UnitKey(MemoryId memory, UnitId unit);  // "u" memory unit -> UnitRecord
// "h" memory kind hash128 -> u64 unit. Kind 0: the identity without targets; kind 1: with them.
std::string IdentityKey(MemoryId memory, uint8_t kind, std::string_view identity);

// Table segments.
// "k" memory locale 0 key-form, or "k" memory locale 1 first-128-bytes hash128 -> u64 segment.
std::string ExactKey(MemoryId memory, LocaleId locale, std::string_view key_form);
std::string BarePrefix(MemoryId memory, LocaleId locale, std::string_view bare_form);
// "b" memory locale hash128(bare form) segment -> empty.
std::string BareKey(MemoryId memory, LocaleId locale, std::string_view bare_form, SegmentId segment);
std::string SegmentPrefix(MemoryId memory, LocaleId locale);
// "s" memory locale segment -> SegmentRecord.
std::string SegmentKey(MemoryId memory, LocaleId locale, SegmentId segment);
std::string LinkTablePrefix();  // "n"
std::string LinkPrefix(MemoryId memory, SegmentId segment);
// "n" memory segment unit -> u32 locale ids of the unit, one after the other.
std::string LinkKey(MemoryId memory, SegmentId segment, UnitId unit);

// Table index.
std::string RunTablePrefix();      // "p"
std::string RunPrefix(RunId run);  // "p" run
// "p" run kind page. Kinds: 0 header, 1 words, 2 rows.
std::string RunPageKey(RunId run, uint8_t kind, uint32_t page);
std::string TombstonePrefix(RunId run);  // "t" run
// "t" run page -> bitmap of kTombstonePageRows bits, bit i of byte i/8: row page*kTombstonePageRows+i is dead.
std::string TombstoneKey(RunId run, uint32_t page);
inline constexpr uint32_t kTombstonePageRows = 4096;
std::string MaskPrefix(MemoryId memory, LocaleId locale);  // "x" memory locale
// "x" memory locale segment -> u64 locale mask of a sealed segment that grew after its run was written.
std::string MaskKey(MemoryId memory, LocaleId locale, SegmentId segment);

// Table log.
std::string LogKey(uint64_t sequence, uint32_t index);  // sequence index -> LogRecord

}  // namespace reprise::format

#endif  // REPRISE_STORAGE_FORMAT_H_
