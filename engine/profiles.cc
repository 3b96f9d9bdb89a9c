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
    if (memory.ref.penalty < 0 || memory.ref.penalty > 100) {
      return FieldError(field + ".penalty", "is " + std::to_string(memory.ref.penalty) + "; give 0 to 100");
    }
    if (!memory.read && !memory.write) {
      return FieldError(field, "is neither read nor written; set one of the two or leave the memory out");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDefaults(const LookupDefaults& defaults) {
  for (const auto& [name, points] : defaults.penalties) {
    const bool known = std::any_of(std::begin(kPenaltyFields), std::end(kPenaltyFields),
                                   [n = &name](const PenaltyField& field) { return *n == field.name; });
    if (!known) return FieldError("penalties", "names \"" + name + "\", which is no penalty");
    if (points < 0 || points > 100) {
      return FieldError("penalties." + name, "is " + std::to_string(points) + "; give 0 to 100");
    }
  }
  LookupOptions options;
  ApplyDefaults(defaults, &options);
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
