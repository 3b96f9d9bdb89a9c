#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "reprise/v1/profiles.grpc.pb.h"
#include "server/convert.h"
#include "server/services.h"
#include "server/unary_call.h"

namespace reprise {
namespace {

using google::protobuf::Empty;

using Base = v1::Profiles::WithRawCallbackMethod_CreateProfile<v1::Profiles::WithRawCallbackMethod_GetProfile<
    v1::Profiles::WithRawCallbackMethod_ListProfiles<v1::Profiles::WithRawCallbackMethod_UpdateProfile<
        v1::Profiles::WithRawCallbackMethod_DeleteProfile<v1::Profiles::Service>>>>>;

// The engine checks what the conversion did not; its fields are those of the Profile in the request.
absl::Status InProfile(const absl::Status& status) {
  return status.ok() || FieldOf(status).empty() ? status : WithField(status, "profile");
}

absl::Status Create(TranslationMemory* tm, const v1::CreateProfileRequest& in, v1::Profile* out) {
  RETURN_IF_ERROR(CheckProfileId("profile_id", in.profile_id()));
  Profile profile;
  RETURN_IF_ERROR(WithField(FromProto(in.profile(), &profile), "profile"));
  profile.name = in.profile_id();
  const absl::StatusOr<Profile> created = tm->profiles().Create(profile);
  if (!created.ok()) return InProfile(created.status());
  *out = ToProto(*created);
  return absl::OkStatus();
}

absl::Status Get(TranslationMemory* tm, const v1::GetProfileRequest& in, v1::Profile* out) {
  ASSIGN_OR_RETURN(const std::string name, ParseProfileName("name", in.name()));
  ASSIGN_OR_RETURN(const Profile profile, tm->profiles().Get(name));
  *out = ToProto(profile);
  return absl::OkStatus();
}

// The page token is the last name of the page before.
absl::Status List(TranslationMemory* tm, const v1::ListProfilesRequest& in, v1::ListProfilesResponse* out) {
  ASSIGN_OR_RETURN(const size_t limit, PageSize(in.page_size()));
  if (!in.page_token().empty() && !CheckProfileId("page_token", in.page_token()).ok()) {
    return FieldError("page_token", "is none of ours; give the next_page_token of the page before");
  }
  size_t bytes = 0;
  std::string last;
  for (const Profile& profile : tm->profiles().List()) {
    if (!in.page_token().empty() && profile.name <= in.page_token()) continue;
    v1::Profile next = ToProto(profile);
    bytes += next.ByteSizeLong();
    const auto count = static_cast<size_t>(out->profiles_size());
    if (count == limit || (count > 0 && bytes > kMaxAnswerBytes)) {
      out->set_next_page_token(last);
      break;
    }
    *out->add_profiles() = std::move(next);
    last = profile.name;
  }
  return absl::OkStatus();
}

absl::Status CopyField(const std::string& path, const Profile& from, Profile* to) {
  if (path == "display_name") {
    to->display_name = from.display_name;
  } else if (path == "description") {
    to->description = from.description;
  } else if (path == "memories") {
    to->memories = from.memories;
  } else if (path == "lookup") {
    to->lookup = from.lookup;
  } else {
    return FieldError("update_mask",
                      "names '" + path.substr(0, 64) + "'; give display_name, description, memories, lookup or *");
  }
  return absl::OkStatus();
}

absl::Status Update(TranslationMemory* tm, const v1::UpdateProfileRequest& in, v1::Profile* out) {
  ASSIGN_OR_RETURN(const std::string name, ParseProfileName("profile.name", in.profile().name()));
  Profile wanted;
  RETURN_IF_ERROR(WithField(FromProto(in.profile(), &wanted), "profile"));
  ASSIGN_OR_RETURN(Profile profile, tm->profiles().Get(name));
  const auto& paths = in.update_mask().paths();
  if (paths.empty() || (paths.size() == 1 && paths[0] == "*")) {
    wanted.name = name;
    profile = std::move(wanted);
  } else {
    for (const std::string& path : paths) RETURN_IF_ERROR(CopyField(path, wanted, &profile));
  }
  const absl::StatusOr<Profile> updated = tm->profiles().Update(profile);
  if (!updated.ok()) return InProfile(updated.status());
  *out = ToProto(*updated);
  return absl::OkStatus();
}

absl::Status Delete(TranslationMemory* tm, const v1::DeleteProfileRequest& in) {
  ASSIGN_OR_RETURN(const std::string name, ParseProfileName("name", in.name()));
  return tm->profiles().Delete(name);
}

class ProfilesService final : public Base {
 public:
  ProfilesService(TranslationMemory* tm, WorkerPool* pool) : tm_(tm), pool_(pool) {}

  grpc::ServerUnaryReactor* CreateProfile(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    return StartUnary<v1::CreateProfileRequest, v1::Profile>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Create(tm, in, out); });
  }
  grpc::ServerUnaryReactor* GetProfile(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override {
    return StartUnary<v1::GetProfileRequest, v1::Profile>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Get(tm, in, out); });
  }
  grpc::ServerUnaryReactor* ListProfiles(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return StartUnary<v1::ListProfilesRequest, v1::ListProfilesResponse>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return List(tm, in, out); });
  }
  grpc::ServerUnaryReactor* UpdateProfile(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    return StartUnary<v1::UpdateProfileRequest, v1::Profile>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Update(tm, in, out); });
  }
  grpc::ServerUnaryReactor* DeleteProfile(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    return StartUnary<v1::DeleteProfileRequest, Empty>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, Empty*) { return Delete(tm, in); });
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const pool_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewProfilesService(TranslationMemory* tm, WorkerPool* pool) {
  return std::make_unique<ProfilesService>(tm, pool);
}

}  // namespace reprise
