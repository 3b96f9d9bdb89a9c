#include "engine/profiles.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/translation_memory.h"
#include "storage/unit_store.h"

namespace reprise {
namespace {

absl::Status CheckMemories(const std::vector<ProfileMemory>& memories) {
  if (memories.empty()) return FieldError("memories", "is empty; name at least one memory");
  if (memories.size() > kMaxProfileMemories) {
    return WithField(ResourceExhausted("has " + std::to_string(memories.size()) + " entries; at most " +
                                       std::to_string(kMaxProfileMemories) + " are taken"),
                     "memories");
  }
  std::set<std::string_view> names;
  for (size_t i = 0; i < memories.size(); ++i) {
    const ProfileMemory& memory = memories[i];
    const std::string field = "memories[" + std::to_string(i) + "]";
    RETURN_IF_ERROR(WithField(CheckName(memory.ref.name), field));
    if (!names.insert(memory.ref.name).second) {
      return FieldError(field + ".name", "is named twice; name each memory once");
    }
    if (const int penalty = memory.ref.penalty.value_or(0); penalty < 0 || penalty > 100) {
      return FieldError(field + ".penalty", "is " + std::to_string(penalty) + "; give 0 to 100");
    }
    if (!memory.read && !memory.write) {
      return FieldError(field, "is neither read nor written; set one of the two or leave the memory out");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDefaults(const LookupDefaults& defaults) {
  RETURN_IF_ERROR(CheckPenalties(defaults.penalties));
  LookupOptions options;
  ApplyDefaults(defaults, TermSource::kProfile, &options);
  return CheckLookupOptions(options);
}

absl::Status Check(const Profile& profile) {
  RETURN_IF_ERROR(CheckName(profile.name));
  RETURN_IF_ERROR(CheckDescription(profile.display_name, profile.description));
  RETURN_IF_ERROR(CheckMemories(profile.memories));
  return WithField(CheckDefaults(profile.lookup), "lookup");
}

class ProfilesImpl final : public Profiles {
 public:
  explicit ProfilesImpl(UnitStore* store) : store_(store) {}

  absl::StatusOr<Profile> Create(const Profile& profile) override {
    RETURN_IF_ERROR(Check(profile));
    Profile stored = profile;
    RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
      if (txn.FindProfile(profile.name).ok()) {
        return WithReason(AlreadyExists("profile \"" + profile.name + "\" exists already"), "PROFILE_EXISTS");
      }
      stored.created_us = 0;
      return txn.PutProfile(&stored);
    }));
    return stored;
  }

  absl::StatusOr<Profile> Get(std::string_view name) override {
    const std::shared_ptr<const StoreState> state = store_->state();
    const auto it = state->profiles.find(name);
    if (it == state->profiles.end()) return ProfileNotFound(name);
    return *it->second;
  }

  std::vector<Profile> List() override {
    const std::shared_ptr<const StoreState> state = store_->state();
    std::vector<Profile> out;
    for (const auto& [name, profile] : state->profiles) out.push_back(*profile);
    return out;
  }

  absl::StatusOr<Profile> Update(const Profile& profile) override {
    RETURN_IF_ERROR(Check(profile));
    Profile stored = profile;
    RETURN_IF_ERROR(store_->Write([&](WriteTxn& txn) -> absl::Status {
      ASSIGN_OR_RETURN(const std::shared_ptr<const Profile> old, txn.FindProfile(profile.name));
      stored.created_us = old->created_us;
      return txn.PutProfile(&stored);
    }));
    return stored;
  }

  absl::Status Delete(std::string_view name) override {
    return store_->Write([&](WriteTxn& txn) { return txn.DropProfile(std::string(name)); });
  }

 private:
  UnitStore* const store_;
};

}  // namespace

std::unique_ptr<Profiles> NewProfiles(UnitStore* store) { return std::make_unique<ProfilesImpl>(store); }

absl::StatusOr<std::vector<MemoryRef>> ReadableMemories(const Profile& profile) {
  std::vector<MemoryRef> out;
  for (const ProfileMemory& memory : profile.memories) {
    if (memory.read) out.push_back(memory.ref);
  }
  for (MemoryRef& ref : out) ref.source = TermSource::kProfile;
  if (!out.empty()) return out;
  return WithReason(FailedPrecondition("profile \"" + profile.name + "\" has no memory to read; add one to it"),
                    "PROFILE_NOT_READABLE");
}

absl::StatusOr<std::string> WritableMemory(const Profile& profile) {
  std::vector<std::string> names;
  for (const ProfileMemory& memory : profile.memories) {
    if (memory.write) names.push_back(memory.ref.name);
  }
  if (names.size() == 1) return names[0];
  std::string problem = "profile \"" + profile.name + "\" has no memory to write";
  for (size_t i = 0; i < names.size(); ++i) {
    problem = i == 0 ? "profile \"" + profile.name + "\" has several memories to write (" : problem + ", ";
    problem += names[i] + (i + 1 == names.size() ? ")" : "");
  }
  return WithReason(FailedPrecondition(problem + "; name the memory, or let the profile write exactly one"),
                    "PROFILE_NOT_WRITABLE");
}

}  // namespace reprise
