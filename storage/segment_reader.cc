#include "storage/segment_reader.h"

#include <algorithm>
#include <utility>

#include "base/varint.h"
#include "record.pb.h"

namespace reprise {
namespace {

absl::Status DamagedRecord(std::string_view what) {
  return DataLoss("a record of " + std::string(what) + " is damaged; restore a backup");
}

}  // namespace

absl::StatusOr<uint64_t> SegmentReader::FindExact(format::MemoryId memory, format::LocaleId locale,
                                                  std::string_view key_form) const {
  std::string value;
  ASSIGN_OR_RETURN(bool found, snapshot_.Get(KvTable::kSegments, format::ExactKey(memory, locale, key_form), &value));
  if (!found) return 0;
  storage::SegmentRecord record;
  if (!record.ParseFromString(value)) return DamagedRecord("a segment");
  if (!record.key_form().empty() && record.key_form() != key_form) return 0;
  return record.id();
}

absl::Status SegmentReader::FindNearExact(format::MemoryId memory, format::LocaleId locale, std::string_view key_form,
                                          std::string_view bare_form, uint64_t* exact,
                                          std::vector<uint64_t>* segments) const {
  *exact = 0;
  std::vector<std::string> keys = {format::ExactKey(memory, locale, key_form)};
  if (!bare_form.empty()) {
    keys.push_back(format::BareKey(memory, locale, bare_form, 0));
    // A segment that is its own bare form is filed under its key form alone.
    if (bare_form != key_form) keys.push_back(format::ExactKey(memory, locale, bare_form));
  }
  std::vector<std::string> values;
  ASSIGN_OR_RETURN(std::vector<bool> found, snapshot_.MultiGet(KvTable::kSegments, keys, &values));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!found[i]) continue;
    if (i == 1) {
      RETURN_IF_ERROR(AddBareForm(memory, locale, bare_form, values[i], segments));
    } else {
      const size_t before = segments->size();
      RETURN_IF_ERROR(AddSegment(values[i], i == 0 ? key_form : bare_form, segments));
      if (i == 0 && segments->size() > before) *exact = segments->back();
    }
  }
  return absl::OkStatus();
}

absl::Status SegmentReader::AddSegment(std::string_view value, std::string_view key_form,
                                       std::vector<uint64_t>* segments) {
  storage::SegmentRecord record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) return DamagedRecord("a segment");
  if (record.key_form().empty() || record.key_form() == key_form) segments->push_back(record.id());
  return absl::OkStatus();
}

absl::Status SegmentReader::AddBareForm(format::MemoryId memory, format::LocaleId locale, std::string_view bare_form,
                                        std::string_view value, std::vector<uint64_t>* segments) const {
  storage::BareRecord record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) return DamagedRecord("a bare form");
  segments->insert(segments->end(), record.segments().begin(), record.segments().end());
  for (uint32_t chunk = 1; chunk <= record.chunks(); ++chunk) {
    storage::BareRecord more;
    std::string bytes;
    ASSIGN_OR_RETURN(bool there,
                     snapshot_.Get(KvTable::kSegments, format::BareKey(memory, locale, bare_form, chunk), &bytes));
    if (!there || !more.ParseFromString(bytes)) return DamagedRecord("a bare form");
    segments->insert(segments->end(), more.segments().begin(), more.segments().end());
  }
  return absl::OkStatus();
}

absl::Status SegmentReader::FindBareForms(format::MemoryId memory, format::LocaleId locale,
                                          const std::vector<std::string>& bare_forms,
                                          std::vector<std::vector<uint64_t>>* segments) const {
  std::vector<std::string> keys, values;
  keys.reserve(bare_forms.size() * 2);
  for (const std::string& bare_form : bare_forms) {
    keys.push_back(format::BareKey(memory, locale, bare_form, 0));
    keys.push_back(format::ExactKey(memory, locale, bare_form));
  }
  ASSIGN_OR_RETURN(const std::vector<bool> found, snapshot_.MultiGet(KvTable::kSegments, keys, &values));
  segments->assign(bare_forms.size(), {});
  for (size_t i = 0; i < bare_forms.size(); ++i) {
    std::vector<uint64_t>* const out = &(*segments)[i];
    if (found[2 * i]) RETURN_IF_ERROR(AddBareForm(memory, locale, bare_forms[i], values[2 * i], out));
    if (found[2 * i + 1]) RETURN_IF_ERROR(AddSegment(values[2 * i + 1], bare_forms[i], out));
  }
  return absl::OkStatus();
}

absl::Status SegmentReader::FindStartingWith(format::MemoryId memory, format::LocaleId locale, std::string_view prefix,
                                             size_t limit, std::vector<uint64_t>* segments) const {
  auto scan = snapshot_.Scan(KvTable::kSegments, format::ExactKey(memory, locale, prefix));
  for (size_t count = 0; scan->Valid() && count < limit; scan->Next(), ++count) {
    storage::SegmentRecord record;
    const std::string_view value = scan->value();
    if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) return DamagedRecord("a segment");
    segments->push_back(record.id());
  }
  return scan->status();
}

absl::Status SegmentReader::FindUnits(format::MemoryId memory, format::SegmentId segment,
                                      const std::vector<format::LocaleId>& locales, std::vector<uint64_t>* units) {
  if (links_ == nullptr) links_ = snapshot_.Scan(KvTable::kSegments, format::LinkTablePrefix());
  std::string prefix = format::LinkPrefix(memory, segment);
  bool any = false;
  // Few segments have links. Asked in rising order, most of them lie before the link that the scan stands on already.
  const bool stands = !sought_.empty() && sought_ < prefix && (!links_->Valid() || links_->key() >= prefix);
  if (!stands) links_->Seek(prefix);
  for (; links_->Valid(); links_->Next()) {
    const std::string_view key = links_->key();
    if (key.substr(0, prefix.size()) != prefix) break;
    any = true;
    const std::string_view value = links_->value();
    format::LocaleId locale = 0;
    bool wanted = value.empty();
    for (const char* at = value.data(); at != value.data() + value.size() && !wanted;) {
      format::LocaleId step = 0;
      at = ReadVarint(at, value.data() + value.size(), &step);
      if (at == nullptr) return DamagedRecord("a link");
      locale += step;
      wanted = std::binary_search(locales.begin(), locales.end(), locale);
    }
    if (wanted) units->push_back(format::ReadU64(key.substr(prefix.size())));
  }
  sought_ = std::move(prefix);
  if (!any && format::HasOwner(segment)) units->push_back(format::OwnerOf(segment));
  return links_->status();
}

}  // namespace reprise
