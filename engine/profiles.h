// Profiles: named, ordered sets of memories with the defaults of lookups in them.
//
//   Profile profile{.name = "ui", .memories = {{.ref = {.name = "news", .penalty = 2}, .write = true}}};
//   RETURN_IF_ERROR(tm->profiles().Create(profile).status());
//   ASSIGN_OR_RETURN(Profile ui, tm->profiles().Get("ui"));
//   ASSIGN_OR_RETURN(std::vector<MemoryRef> memories, ReadableMemories(ui));
//
// A memory that a profile names cannot be deleted, so that a profile never names one that is not there.
// Thread-safe.
#ifndef REPRISE_ENGINE_PROFILES_H_
#define REPRISE_ENGINE_PROFILES_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "match/profile.h"

namespace reprise {

class UnitStore;

inline constexpr size_t kMaxProfileMemories = 100;

class Profiles {
 public:
  virtual ~Profiles() = default;

  // Durable when it returns. Errors: INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the field (name, display_name,
  // description, memories[i]..., lookup...), ALREADY_EXISTS (reason PROFILE_EXISTS), NOT_FOUND (a memory, reason
  // MEMORY_NOT_FOUND).
  virtual absl::StatusOr<Profile> Create(const Profile& profile) = 0;
  // Error: NOT_FOUND (reason PROFILE_NOT_FOUND).
  virtual absl::StatusOr<Profile> Get(std::string_view name) = 0;
  virtual std::vector<Profile> List() = 0;  // by name
  // Replaces everything but name and times. Errors: as Create's, NOT_FOUND also of the profile.
  virtual absl::StatusOr<Profile> Update(const Profile& profile) = 0;
  // The memories stay. Error: as Get's.
  virtual absl::Status Delete(std::string_view name) = 0;
};

// On a store that outlives it.
std::unique_ptr<Profiles> NewProfiles(UnitStore* store);

// The memories that the profile reads, in order, as the profile says. Error: FAILED_PRECONDITION (reason
// PROFILE_NOT_READABLE) if it reads none.
absl::StatusOr<std::vector<MemoryRef>> ReadableMemories(const Profile& profile);
// The name of the one memory that the profile writes. Error: FAILED_PRECONDITION (reason PROFILE_NOT_WRITABLE) if there
// is none, or several, which it names.
absl::StatusOr<std::string> WritableMemory(const Profile& profile);

}  // namespace reprise

#endif  // REPRISE_ENGINE_PROFILES_H_
