// What a write does to profiles.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/codec.h"
#include "storage/unit_store.h"
#include "storage/write_txn.h"

namespace reprise {

absl::Status ProfileNotFound(std::string_view name) {
  return WithReason(NotFound("profile \"" + std::string(name) + "\" does not exist"), "PROFILE_NOT_FOUND");
}

absl::StatusOr<std::shared_ptr<const Profile>> WriteTxn::FindProfile(std::string_view name) const {
  const auto mine = profiles_.find(name);
  if (mine != profiles_.end()) {
    if (mine->second == nullptr) return ProfileNotFound(name);
    return mine->second;
  }
  const auto it = store_->state_->profiles.find(name);
  if (it == store_->state_->profiles.end()) return ProfileNotFound(name);
  return it->second;
}

absl::Status WriteTxn::PutProfile(Profile* profile) {
  for (size_t i = 0; i < profile->memories.size(); ++i) {
    RETURN_IF_ERROR(
        WithField(FindMemory(profile->memories[i].ref.name).status(), "memories[" + std::to_string(i) + "].name"));
  }
  if (profile->created_us == 0) profile->created_us = now_us_;
  profile->updated_us = now_us_;
  profiles_[profile->name] = std::make_shared<Profile>(*profile);
  Put(KvTable::kCatalog, format::ProfileKey(profile->name), EncodeProfile(*profile));
  return absl::OkStatus();
}

absl::Status WriteTxn::DropProfile(const std::string& name) {
  RETURN_IF_ERROR(FindProfile(name).status());
  profiles_[name] = nullptr;
  Delete(KvTable::kCatalog, format::ProfileKey(name));
  return absl::OkStatus();
}

// The profiles that name a memory, as they are after what this transaction did so far; by name.
std::vector<std::string> WriteTxn::ProfilesNaming(const std::string& memory) const {
  auto now = store_->state_->profiles;
  for (const auto& [name, profile] : profiles_) now[name] = profile;
  std::vector<std::string> names;
  for (const auto& [name, profile] : now) {
    if (profile == nullptr) continue;
    const bool named = std::any_of(profile->memories.begin(), profile->memories.end(),
                                   [&memory](const ProfileMemory& m) { return m.ref.name == memory; });
    if (named) names.push_back(name);
  }
  return names;
}

}  // namespace reprise
