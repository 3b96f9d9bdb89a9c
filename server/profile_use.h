// How a call uses a profile: where it looks, by which defaults, and where it stores.
//
//   Reading reading;
//   RETURN_IF_ERROR(FindMemories(tm, request.memories(), request.profile(), &reading));
//   LookupOptions options;
//   ApplyDefaults(reading.defaults, TermSource::kProfile, &options);
//   RETURN_IF_ERROR(WithField(FromProto(request.options(), &options), "options"));
//
// Thread-safe functions.
#ifndef REPRISE_SERVER_PROFILE_USE_H_
#define REPRISE_SERVER_PROFILE_USE_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/translation_memory.h"
#include "reprise/v1/matches.pb.h"

namespace reprise {

struct Reading {
  std::vector<MemoryRef> memories;
  LookupDefaults defaults;  // of the profile, if there is one
};

// The memories that a request names, or those that its profile reads, as they are now. Errors: INVALID_ARGUMENT
// (memories, profile: none of the two or both), NOT_FOUND (reason PROFILE_NOT_FOUND), FAILED_PRECONDITION (reason
// PROFILE_NOT_READABLE).
absl::Status FindMemories(TranslationMemory* tm, const google::protobuf::RepeatedPtrField<v1::MemoryRef>& memories,
                          const std::string& profile, Reading* out);

// The memory of a `parent` that is stored to: `memories/{memory}` itself, or the one that `profiles/{profile}` writes.
// Errors: INVALID_ARGUMENT (parent), NOT_FOUND (reason PROFILE_NOT_FOUND), FAILED_PRECONDITION (reason
// PROFILE_NOT_WRITABLE).
absl::StatusOr<std::string> ParentMemory(TranslationMemory* tm, std::string_view parent);

}  // namespace reprise

#endif  // REPRISE_SERVER_PROFILE_USE_H_
