// Profiles over a loopback socket, on a fake memory: the service, and every call that takes one.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "reprise/v1/matches.grpc.pb.h"
#include "reprise/v1/profiles.grpc.pb.h"
#include "reprise/v1/transfer.grpc.pb.h"
#include "reprise/v1/units.grpc.pb.h"
#include "server/server.h"
#include "tests/server/fake_memory.h"

namespace reprise {
namespace {

using grpc::StatusCode;

class ProfilesServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto memory = std::make_unique<FakeMemory>();
    fake_ = memory.get();
    ServerOptions options;
    options.listen.clear();
    options.memory = std::move(memory);
    auto server = Server::Start(std::move(options));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ = server_->InProcessChannel();
    profiles_ = v1::Profiles::NewStub(channel_);
    matches_ = v1::Matches::NewStub(channel_);
    for (const char* name : {"news", "mine"}) ASSERT_TRUE(fake_->CreateMemory({.name = name}).ok());
    Unit unit;
    unit.variants.resize(2);
    unit.variants[0].locale = "en";
    unit.variants[0].content.text = "Hello";
    unit.variants[1].locale = "de";
    unit.variants[1].content.text = "Hallo";
    for (const char* name : {"news", "news", "mine"}) ASSERT_TRUE(fake_->PutUnits(name, {unit}, {}).ok());
    v1::CreateProfileRequest request;
    request.set_profile_id("ui");
    Add("news", true, false, &request);
    Add("mine", false, true, &request);
    request.mutable_profile()->mutable_lookup()->set_max_results(1);
    v1::Profile profile;
    ASSERT_EQ(Call(&v1::Profiles::Stub::CreateProfile, request, &profile).error_message(), "");
    EXPECT_EQ(profile.name(), "profiles/ui");
  }

  static void Add(const std::string& memory, bool read, bool write, v1::CreateProfileRequest* request) {
    v1::ProfileMemory* added = request->mutable_profile()->add_memories();
    added->set_name("memories/" + memory);
    added->set_read(read);
    added->set_write(write);
  }

  template <typename Stub, typename Request, typename Response>
  grpc::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    if constexpr (std::is_same_v<Stub, v1::Profiles::Stub>)
      return (profiles_.get()->*method)(&context, request, response);
    if constexpr (std::is_same_v<Stub, v1::Matches::Stub>)
      return (matches_.get()->*method)(&context, request, response);
  }

  static v1::Query Hello() {
    v1::Query query;
    query.mutable_content()->set_text("Hello");
    query.set_source_locale("en");
    query.set_target_locale("de");
    return query;
  }

  FakeMemory* fake_ = nullptr;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Profiles::Stub> profiles_;
  std::unique_ptr<v1::Matches::Stub> matches_;
};

TEST_F(ProfilesServerTest, ProfilesLiveTheirLife) {
  v1::CreateProfileRequest create;
  create.set_profile_id("ui");
  Add("news", true, false, &create);
  v1::Profile profile;
  EXPECT_EQ(Call(&v1::Profiles::Stub::CreateProfile, create, &profile).error_code(), StatusCode::ALREADY_EXISTS);
  create.set_profile_id("UI");
  EXPECT_EQ(Call(&v1::Profiles::Stub::CreateProfile, create, &profile).error_code(), StatusCode::INVALID_ARGUMENT);
  create.set_profile_id("b");
  EXPECT_TRUE(Call(&v1::Profiles::Stub::CreateProfile, create, &profile).ok());

  v1::ListProfilesRequest list;
  list.set_page_size(1);
  v1::ListProfilesResponse page;
  ASSERT_TRUE(Call(&v1::Profiles::Stub::ListProfiles, list, &page).ok());
  ASSERT_EQ(page.profiles_size(), 1);
  EXPECT_EQ(page.profiles(0).name(), "profiles/b");
  list.set_page_token(page.next_page_token());
  ASSERT_TRUE(Call(&v1::Profiles::Stub::ListProfiles, list, &page).ok());
  EXPECT_EQ(page.profiles(0).name(), "profiles/ui");
  EXPECT_EQ(page.next_page_token(), "");

  v1::UpdateProfileRequest update;
  update.mutable_profile()->set_name("profiles/ui");
  update.mutable_profile()->set_description("d");
  update.mutable_profile()->mutable_lookup()->set_threshold(50);
  update.mutable_update_mask()->add_paths("lookup");
  ASSERT_TRUE(Call(&v1::Profiles::Stub::UpdateProfile, update, &profile).ok());
  EXPECT_EQ(profile.description(), "");
  EXPECT_EQ(profile.lookup().threshold(), 50);
  EXPECT_FALSE(profile.lookup().has_max_results());  // the field is replaced as a whole
  EXPECT_EQ(profile.memories_size(), 2);
  update.mutable_update_mask()->set_paths(0, "name");
  EXPECT_EQ(Call(&v1::Profiles::Stub::UpdateProfile, update, &profile).error_code(), StatusCode::INVALID_ARGUMENT);

  v1::DeleteProfileRequest remove;
  remove.set_name("profiles/ui");
  google::protobuf::Empty nothing;
  EXPECT_TRUE(Call(&v1::Profiles::Stub::DeleteProfile, remove, &nothing).ok());
  v1::GetProfileRequest get;
  get.set_name("profiles/ui");
  EXPECT_EQ(Call(&v1::Profiles::Stub::GetProfile, get, &profile).error_code(), StatusCode::NOT_FOUND);
  get.set_name("memories/ui");
  EXPECT_EQ(Call(&v1::Profiles::Stub::GetProfile, get, &profile).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ProfilesServerTest, LookupsReadItsMemoriesByItsDefaults) {
  v1::LookupRequest request;
  request.set_profile("profiles/ui");
  *request.mutable_query() = Hello();
  v1::LookupResponse response;
  ASSERT_TRUE(Call(&v1::Matches::Stub::Lookup, request, &response).ok());
  ASSERT_EQ(response.matches_size(), 1);
  EXPECT_EQ(response.matches(0).memory(), "memories/news");
  request.mutable_options()->set_max_results(9);
  ASSERT_TRUE(Call(&v1::Matches::Stub::Lookup, request, &response).ok());
  EXPECT_EQ(response.matches_size(), 2);  // what is only written is not searched

  request.add_memories()->set_name("memories/news");
  EXPECT_EQ(Call(&v1::Matches::Stub::Lookup, request, &response).error_message(),
            "profile: is set beside memories; give one of the two");
  request.clear_memories();
  request.set_profile("profiles/gone");
  EXPECT_EQ(Call(&v1::Matches::Stub::Lookup, request, &response).error_code(), StatusCode::NOT_FOUND);

  v1::BatchLookupRequest batch;
  batch.set_profile("profiles/ui");
  *batch.add_items()->mutable_query() = Hello();
  v1::BatchLookupResponse answers;
  ASSERT_TRUE(Call(&v1::Matches::Stub::BatchLookup, batch, &answers).ok());
  EXPECT_EQ(answers.results(0).response().matches_size(), 1);

  v1::ConcordanceRequest words;
  words.set_profile("profiles/ui");
  words.set_source_text("Hello");
  words.set_source_locale("en");
  v1::ConcordanceResponse hits;
  ASSERT_TRUE(Call(&v1::Matches::Stub::Concordance, words, &hits).ok());
  EXPECT_EQ(hits.hits_size(), 2);
}

TEST_F(ProfilesServerTest, AStreamInheritsProfileAndOptions) {
  grpc::ClientContext context;
  auto stream = matches_->LookupStream(&context);
  const auto ask = [&stream](v1::LookupStreamRequest request) {
    *request.mutable_query() = Hello();
    stream->Write(request);
    v1::LookupStreamResponse response;
    stream->Read(&response);
    return response.status().code() == 0 ? response.response().matches_size() : -1;
  };
  v1::LookupStreamRequest request;
  request.set_profile("profiles/ui");
  EXPECT_EQ(ask(request), 1);
  EXPECT_EQ(ask({}), 1);
  v1::LookupStreamRequest more;
  more.mutable_options()->set_max_results(2);
  EXPECT_EQ(ask(more), 2);
  EXPECT_EQ(ask({}), 2);
  v1::LookupStreamRequest other;
  other.add_memories()->set_name("memories/mine");
  EXPECT_EQ(ask(other), 1);
  EXPECT_EQ(ask(request), 2);  // the profile, by the options given last
  v1::LookupStreamRequest open;
  open.mutable_options();
  EXPECT_EQ(ask(open), 1);  // what they leave open is the profile's
  v1::LookupStreamRequest gone;
  gone.set_profile("profiles/gone");
  EXPECT_EQ(ask(gone), -1);
  EXPECT_EQ(ask({}), 1);  // that request alone failed
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ProfilesServerTest, AnAnalysisNamesWhatItRestsOn) {
  v1::UpdateProfileRequest update;
  update.mutable_profile()->set_name("profiles/ui");
  update.mutable_profile()->mutable_lookup()->mutable_penalties()->set_machine(9);
  update.mutable_profile()->mutable_lookup()->mutable_filter()->set_document("d");
  update.mutable_update_mask()->add_paths("lookup");
  v1::Profile profile;
  ASSERT_TRUE(Call(&v1::Profiles::Stub::UpdateProfile, update, &profile).ok());
  grpc::ClientContext context;
  v1::AnalyzeResponse report;
  auto stream = matches_->Analyze(&context, &report);
  v1::AnalyzeRequest request;
  request.set_profile("profiles/ui");
  request.set_source_locale("en");
  request.set_target_locale("de");
  request.mutable_options()->mutable_penalties()->set_draft(7);
  request.add_segments()->mutable_content()->set_text("Hello");
  stream->Write(request);
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(report.profile(), "profiles/ui");
  ASSERT_EQ(report.memories_size(), 1);
  EXPECT_EQ(report.memories(0).name(), "memories/news");
  EXPECT_EQ(report.penalties().machine(), 9);
  EXPECT_EQ(report.penalties().draft(), 7);
  EXPECT_EQ(report.filter().document(), "d");
}

TEST_F(ProfilesServerTest, WritesGoToTheMemoryThatItWrites) {
  auto units = v1::Units::NewStub(channel_);
  v1::PutUnitsRequest put;
  put.set_parent("profiles/ui");
  for (const char* locale : {"en", "de"}) {
    v1::Variant* variant = put.items_size() == 0 ? put.add_items()->mutable_unit()->add_variants()
                                                 : put.mutable_items(0)->mutable_unit()->add_variants();
    variant->set_locale(locale);
    variant->mutable_content()->set_text("New");
  }
  v1::PutUnitsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = units->PutUnits(&context, put, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.results(0).unit().substr(0, 21), "memories/mine/units/4");

  v1::ImportRequest config;
  config.mutable_config()->set_parent("profiles/ui");
  v1::ImportRequest chunk;
  chunk.set_chunk("a\tb\n");
  grpc::ClientContext import_context;
  auto transfer = v1::Transfer::NewStub(channel_);
  auto stream = transfer->Import(&import_context);
  stream->Write(config);
  stream->Write(chunk);
  stream->WritesDone();
  v1::ImportResponse last;
  while (stream->Read(&last)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(last.counts().added(), 1u);
  EXPECT_EQ(fake_->Stats("mine")->units, 3u);

  v1::UpdateProfileRequest update;
  update.mutable_profile()->set_name("profiles/ui");
  update.mutable_profile()->add_memories()->set_name("memories/news");
  update.mutable_update_mask()->add_paths("memories");
  v1::Profile profile;
  ASSERT_TRUE(Call(&v1::Profiles::Stub::UpdateProfile, update, &profile).ok());
  grpc::ClientContext again;
  EXPECT_EQ(units->PutUnits(&again, put, &response).error_code(), StatusCode::FAILED_PRECONDITION);
}

}  // namespace
}  // namespace reprise
