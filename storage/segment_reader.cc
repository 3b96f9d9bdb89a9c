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
  // A segment that is its own bare form is filed under its key form alone.
  if (!bare_form.empty() && bare_form != key_form) keys.push_back(format::ExactKey(memory, locale, bare_form));
  std::vector<std::string> values;
  ASSIGN_OR_RETURN(std::vector<bool> found, snapshot_.MultiGet(KvTable::kSegments, keys, &values));
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!found[i]) continue;
    const size_t before = segments->size();
    RETURN_IF_ERROR(AddSegment(values[i], i == 0 ? key_form : bare_form, segments));
    if (i == 0 && segments->size() > before) *exact = segments->back();
  }
  if (bare_form.empty()) return absl::OkStatus();
  return FindBare(memory, locale, {format::BareHash(bare_form)},
                  [&](size_t, uint64_t segment) { segments->push_back(segment); });
}

absl::Status SegmentReader::AddSegment(std::string_view value, std::string_view key_form,
                                       std::vector<uint64_t>* segments) {
  storage::SegmentRecord record;
  if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) return DamagedRecord("a segment");
  if (record.key_form().empty() || record.key_form() == key_form) segments->push_back(record.id());
  return absl::OkStatus();
}

absl::Status SegmentReader::FindBare(format::MemoryId memory, format::LocaleId locale,
                                     const std::vector<uint32_t>& hashes,
                                     const std::function<void(size_t i, uint64_t segment)>& found) const {
  const auto index = state_.locales.find({memory, locale});
  if (index == state_.locales.end()) return absl::OkStatus();
  std::vector<uint32_t> rows;
  for (const RunView& view : index->second->runs) {
    for (size_t i = 0; i < hashes.size(); ++i) {
      rows.clear();
      RETURN_IF_ERROR(view.run->FindBare(hashes[i], snapshot_, &rows));
      for (const uint32_t row : rows) {
        if (view.deaths != nullptr && view.deaths->IsDead(row)) continue;
        ASSIGN_OR_RETURN(const uint64_t segment, view.run->SegmentOf(row, snapshot_));
        found(i, segment);
      }
    }
  }
  if (index->second->delta != nullptr) {
    index->second->delta->FindBare(index->second->delta_rows, state_.sequence, hashes, found);
  }
  return absl::OkStatus();
}

absl::Status SegmentReader::FindBareForms(format::MemoryId memory, format::LocaleId locale,
                                          const std::vector<std::string>& bare_forms,
                                          std::vector<std::vector<uint64_t>>* segments) const {
  segments->assign(bare_forms.size(), {});
  std::vector<std::string> keys, values;
  keys.reserve(bare_forms.size());
  std::vector<std::pair<uint32_t, size_t>> by_hash;
  by_hash.reserve(bare_forms.size());
  for (size_t i = 0; i < bare_forms.size(); ++i) {
    keys.push_back(format::ExactKey(memory, locale, bare_forms[i]));
    by_hash.emplace_back(format::BareHash(bare_forms[i]), i);
  }
  ASSIGN_OR_RETURN(const std::vector<bool> exact, snapshot_.MultiGet(KvTable::kSegments, keys, &values));
  for (size_t i = 0; i < bare_forms.size(); ++i) {
    if (exact[i]) RETURN_IF_ERROR(AddSegment(values[i], bare_forms[i], &(*segments)[i]));
  }
  std::sort(by_hash.begin(), by_hash.end());
  std::vector<uint32_t> hashes;
  hashes.reserve(by_hash.size());
  for (const auto& [hash, i] : by_hash) hashes.push_back(hash);
  return FindBare(memory, locale, hashes,
                  [&](size_t i, uint64_t segment) { (*segments)[by_hash[i].second].push_back(segment); });
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
