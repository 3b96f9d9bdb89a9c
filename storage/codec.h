// Domain values <-> stored records. The only place that knows both.
//
// Locales are stored as numbers; a LocaleTable maps them. Decoding hostile or damaged bytes is DATA_LOSS, never a
// crash. Thread-safety: pure functions.
#ifndef REPRISE_STORAGE_CODEC_H_
#define REPRISE_STORAGE_CODEC_H_

#include <functional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "match/profile.h"
#include "storage/format.h"
#include "text/segment.h"

namespace reprise {

namespace storage {
class MemoryDefaultsRecord;
class UnitRecord;
}  // namespace storage

using LocaleIdOf = std::function<format::LocaleId(const std::string& tag)>;
using LocaleTagOf = std::function<std::string(format::LocaleId id)>;

void EncodeUnit(const Unit& unit, const LocaleIdOf& locale_id, storage::UnitRecord* record);
std::string EncodeUnit(const Unit& unit, const LocaleIdOf& locale_id);
// *identity, if not null, gets the identity that the record repeats; "" where it follows from the unit.
absl::StatusOr<Unit> DecodeUnit(std::string_view bytes, const LocaleTagOf& locale_tag, std::string* identity = nullptr);

void EncodeMemoryDefaults(const MemoryDefaults& defaults, storage::MemoryDefaultsRecord* record);
MemoryDefaults DecodeMemoryDefaults(const storage::MemoryDefaultsRecord& record);

std::string EncodeProfile(const Profile& profile);
absl::StatusOr<Profile> DecodeProfile(std::string_view bytes);

// Bytes that are equal exactly for equal contents (pair ids as given): a part of identities.
std::string ContentIdentity(const Content& content);

}  // namespace reprise

#endif  // REPRISE_STORAGE_CODEC_H_
