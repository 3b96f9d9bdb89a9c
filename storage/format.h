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

inline constexpr uint32_t kFormatVersion = 7;
inline constexpr uint32_t kRunVersion = 7;

// Key forms up to this long stand literally in keys; of longer ones the first kLongKeyPrefix bytes and a hash.
inline constexpr size_t kMaxLiteralKey = 256;
inline constexpr size_t kLongKeyPrefix = 128;

using MemoryId = uint32_t;
using LocaleId = uint32_t;
using SegmentId = uint64_t;
using UnitId = uint64_t;
using RunId = uint64_t;

// A segment is numbered after the unit that brings it, its *owner*, and its place among the segments that this unit
// brings, so that the unit of a segment that no other unit holds is known without looking. A segment that has no such
// place (an old unit got a new text, or brings more than fit) gets a number of its own as "owner", which is no unit,
// and kNoOwner as place. Both numbers come from one counter, so segments rise as units do.
inline constexpr uint32_t kNoOwner = 15;
constexpr SegmentId MakeSegmentId(UnitId owner, uint32_t place) { return owner << 4 | place; }
constexpr bool HasOwner(SegmentId segment) { return (segment & 15) != kNoOwner; }
constexpr UnitId OwnerOf(SegmentId segment) { return segment >> 4; }

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
std::string ProfilePrefix();                               // "f"
std::string ProfileKey(std::string_view name);             // "f" name -> ProfileRecord
std::string CountKey(MemoryId memory);                     // "c" memory -> CountRecord
std::string RunListPrefix();                               // "r"
std::string RunListKey(MemoryId memory, LocaleId locale);  // "r" memory locale -> RunListRecord
std::string ImportPrefix();                                // "j"
inline constexpr size_t kImportIdBytes = 16;
std::string ImportKey(std::string_view id);  // "j" id (kImportIdBytes) -> ImportRecord

// Table units.
std::string UnitPrefix(MemoryId memory);            // "u" memory
std::string UnitKey(MemoryId memory, UnitId unit);  // "u" memory unit -> UnitRecord
// "h" memory 0 identity -> varint unit, u64 targets: the identity's newest unit (or the one that may not be replaced).
// "h" memory 1 identity u64 targets -> varint unit: each further unit of that identity.
// Units without a client key that have their source segment alone have neither: that segment leads to them.
// `identity` is the first kIdentityBytes of the hash of the identity without targets, `targets` 64 bits of the hash of
// the targets.
inline constexpr size_t kIdentityBytes = 12;
std::string IdentityHash(std::string_view identity);
uint64_t TargetsHash(std::string_view targets);
std::string IdentityKey(MemoryId memory, std::string_view identity_hash);
std::string OtherIdentityPrefix(MemoryId memory, std::string_view identity_hash);
std::string OtherIdentityKey(MemoryId memory, std::string_view identity_hash, uint64_t targets_hash);

// Table segments.
// "k" memory locale 0 key-form, or "k" memory locale 1 first-128-bytes hash128 -> SegmentRecord.
std::string ExactKey(MemoryId memory, LocaleId locale, std::string_view key_form);
std::string SegmentPrefix(MemoryId memory, LocaleId locale);
// "s" memory locale segment -> the key form, literally. Only for segments of the delta.
std::string SegmentKey(MemoryId memory, LocaleId locale, SegmentId segment);
std::string LinkTablePrefix();  // "n"
std::string LinkPrefix(MemoryId memory, SegmentId segment);
// "n" memory segment unit -> varint locale ids of the unit, rising, each but the first as the step from the one before;
// empty: not known. A segment with one unit, its owner, has no such entries; any other has one for each of its units.
std::string LinkKey(MemoryId memory, SegmentId segment, UnitId unit);

// What rows are filed by beside their words, if their bare form is not their key form: 32 bits of a hash, never 0.
// Persisted.
uint32_t BareHash(std::string_view bare_form);

// Table index.
std::string RunTablePrefix();      // "p"
std::string RunPrefix(RunId run);  // "p" run
// "p" run kind page. Kinds: RunPage in storage/run_writer.h.
std::string RunPageKey(RunId run, uint8_t kind, uint32_t page);
std::string TombstoneTablePrefix();      // "t"
std::string TombstonePrefix(RunId run);  // "t" run
// "t" run page -> bitmap of kTombstonePageRows bits, bit i of byte i/8: row page*kTombstonePageRows+i is dead.
std::string TombstoneKey(RunId run, uint32_t page);
inline constexpr uint32_t kTombstonePageRows = 4096;
std::string MaskTablePrefix();      // "x"
std::string MaskPrefix(RunId run);  // "x" run
// "x" run row -> u64 locale mask of a row that grew after its run was written.
std::string MaskKey(RunId run, uint32_t row);

// Table log.
std::string LogKey(uint64_t sequence, uint32_t index);  // sequence index -> LogRecord

}  // namespace reprise::format

#endif  // REPRISE_STORAGE_FORMAT_H_
