#include "server/profile_use.h"

#include <utility>

#include "server/convert.h"

namespace reprise {

absl::Status FindMemories(TranslationMemory* tm, const google::protobuf::RepeatedPtrField<v1::MemoryRef>& memories,
                          const std::string& profile, Reading* out) {
  if (profile.empty()) return FromProto(memories, &out->memories);
  if (!memories.empty()) return FieldError("profile", "is set beside memories; give one of the two");
  ASSIGN_OR_RETURN(const std::string name, ParseProfileName("profile", profile));
  ASSIGN_OR_RETURN(Profile found, tm->profiles().Get(name));
  ASSIGN_OR_RETURN(out->memories, ReadableMemories(found));
  out->defaults = std::move(found.lookup);
  return absl::OkStatus();
}

absl::StatusOr<std::string> ParentMemory(TranslationMemory* tm, std::string_view parent) {
  constexpr std::string_view kProfile = "profiles/";
  if (parent.substr(0, kProfile.size()) != kProfile) return ParseMemoryName("parent", parent);
  ASSIGN_OR_RETURN(const std::string name, ParseProfileName("parent", parent));
  ASSIGN_OR_RETURN(const Profile found, tm->profiles().Get(name));
  return WritableMemory(found);
}

}  // namespace reprise
