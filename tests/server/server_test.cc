// The calls of the server over a loopback socket (and in process): answers, errors, raw bytes, streams. What stops and
// what waits: stopping_test.cc; files: transfer_test.cc.
#include "server/server.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reprise/v1/matches.grpc.pb.h"
#include "reprise/v1/memories.grpc.pb.h"
#include "reprise/v1/units.grpc.pb.h"
#include "server/status.h"
#include "server/wire.h"
#include "tests/server/server_fixture.h"

namespace reprise {
namespace {

using grpc::StatusCode;
using testing::ServerTest;

TEST_F(ServerTest, MemoriesLiveTheirLife) {
  auto stub = v1::Memories::NewStub(channel_);
  v1::CreateMemoryRequest create;
  create.set_memory_id("law");
  create.mutable_memory()->set_display_name("Law");
  create.mutable_memory()->set_description("All of it");
  v1::Memory memory;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->CreateMemory(&context, create, &memory).ok());
    EXPECT_EQ(memory.name(), "memories/law");
  }
  {
    grpc::ClientContext context;
    const grpc::Status status = stub->CreateMemory(&context, create, &memory);
    EXPECT_EQ(status.error_code(), StatusCode::ALREADY_EXISTS);
    EXPECT_EQ(ReasonOf(FromGrpcStatus(status)), "MEMORY_EXISTS");
  }
  {
    grpc::ClientContext context;
    v1::UpdateMemoryRequest update;
    update.mutable_memory()->set_name("memories/law");
    update.mutable_memory()->set_display_name("Laws");
    update.mutable_update_mask()->add_paths("display_name");
    ASSERT_TRUE(stub->UpdateMemory(&context, update, &memory).ok());
    EXPECT_EQ(memory.display_name(), "Laws");
    EXPECT_EQ(memory.description(), "All of it");
  }
  {
    grpc::ClientContext context;
    v1::UpdateMemoryRequest update;
    update.mutable_memory()->set_name("memories/law");
    update.mutable_update_mask()->add_paths("name");
    EXPECT_EQ(FieldOf(FromGrpcStatus(stub->UpdateMemory(&context, update, &memory))), "update_mask");
  }
  v1::ListMemoriesRequest list;
  list.set_page_size(1);
  std::vector<std::string> names;
  do {
    grpc::ClientContext context;
    v1::ListMemoriesResponse page;
    ASSERT_TRUE(stub->ListMemories(&context, list, &page).ok());
    for (const v1::Memory& m : page.memories()) names.push_back(m.name());
    list.set_page_token(page.next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(names, (std::vector<std::string>{"memories/law", "memories/news"}));
  {
    grpc::ClientContext context;
    v1::DeleteMemoryRequest request;
    request.set_name("memories/law");
    google::protobuf::Empty empty;
    EXPECT_TRUE(stub->DeleteMemory(&context, request, &empty).ok());
  }
  grpc::ClientContext context;
  v1::GetMemoryRequest get;
  get.set_name("memories/law");
  EXPECT_EQ(stub->GetMemory(&context, get, &memory).error_code(), StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, PutAnswersEachItem) {
  auto stub = v1::Units::NewStub(channel_);
  v1::PutUnitsRequest request;
  request.set_parent("memories/news");
  for (const char* text : {"one", "", "refuse me", "four"}) {
    v1::PutItem* item = request.add_items();
    item->set_request_id(std::string("id-") + text);
    v1::Variant* variant = item->mutable_unit()->add_variants();
    variant->set_locale("en");
    variant->mutable_content()->set_text(text);
  }
  v1::PutUnitsResponse response;
  grpc::ClientContext context;
  const grpc::Status status = stub->PutUnits(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_EQ(response.results(0).outcome(), v1::PUT_OUTCOME_ADDED);
  EXPECT_EQ(response.results(0).unit(), "memories/news/units/1");
  EXPECT_EQ(response.results(1).outcome(), v1::PUT_OUTCOME_REFUSED);
  EXPECT_EQ(FieldOf(FromRpcStatus(response.results(1).status())), "items[1].unit.variants[0].content.text");
  EXPECT_EQ(response.results(1).request_id(), "id-");
  EXPECT_EQ(FieldOf(FromRpcStatus(response.results(2).status())), "items[2].unit.variants[0].content.text");
  EXPECT_EQ(response.results(2).status().message(), "items[2].unit.variants[0].content.text: asked for it");
  EXPECT_EQ(response.results(3).unit(), "memories/news/units/2");
  EXPECT_EQ(response.results(3).request_id(), "id-four");
}

TEST_F(ServerTest, UnitsAreListedPageByPage) {
  for (int i = 0; i < 5; ++i) Put("s" + std::to_string(i), "t");
  auto stub = v1::Units::NewStub(channel_);
  v1::ListUnitsRequest request;
  request.set_parent("memories/news");
  request.set_page_size(2);
  int pages = 0, units = 0;
  do {
    grpc::ClientContext context;
    v1::ListUnitsResponse page;
    ASSERT_TRUE(stub->ListUnits(&context, request, &page).ok());
    units += page.units_size();
    ++pages;
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(units, 5);
  EXPECT_EQ(pages, 3);
  const auto field = [&] {
    grpc::ClientContext context;
    v1::ListUnitsResponse page;
    return FieldOf(FromGrpcStatus(stub->ListUnits(&context, request, &page)));
  };
  request.set_page_token("../x");
  EXPECT_EQ(field(), "page_token");
  request.clear_page_token();
  request.set_page_size(-1);
  EXPECT_EQ(field(), "page_size");
  request.clear_page_size();
  request.set_locale("e n");
  EXPECT_EQ(field(), "locale");
}

TEST_F(ServerTest, PagesStayBelowTheClientsLimit) {
  for (int i = 0; i < 150; ++i) Put(std::string(30000, 'a'), "t");
  auto stub = v1::Units::NewStub(channel_);
  v1::ListUnitsRequest request;
  request.set_parent("memories/news");
  request.set_page_size(1000);
  int units = 0, pages = 0;
  do {
    grpc::ClientContext context;
    v1::ListUnitsResponse page;
    const grpc::Status status = stub->ListUnits(&context, request, &page);
    ASSERT_TRUE(status.ok()) << status.error_message();
    units += page.units_size();
    ++pages;
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(units, 150);
  EXPECT_EQ(pages, 2);
}

TEST_F(ServerTest, LookupAnswersAndNamesWhatIsWrong) {
  Put("Hello", "Hallo");
  auto stub = v1::Matches::NewStub(channel_);
  v1::LookupRequest request = Request("Hello");
  request.mutable_options()->set_want_total(true);
  v1::LookupResponse response;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->Lookup(&context, request, &response).ok());
  }
  ASSERT_EQ(response.matches_size(), 1);
  EXPECT_EQ(response.matches(0).target().content().text(), "Hallo");
  EXPECT_TRUE(response.has_total());
  auto fails = [&](const v1::LookupRequest& bad) {
    grpc::ClientContext context;
    return FromGrpcStatus(stub->Lookup(&context, bad, &response));
  };
  EXPECT_EQ(FieldOf(fails(Request(""))), "query.content.text");
  EXPECT_EQ(FieldOf(fails(v1::LookupRequest())), "memories");
  request.mutable_options()->set_threshold(101);
  EXPECT_EQ(FieldOf(fails(request)), "options.threshold");
  request = Request(std::string(kMaxTextBytes + 1, 'a'));
  EXPECT_EQ(fails(request).code(), absl::StatusCode::kResourceExhausted);
  request = Request("Hello");
  request.mutable_memories(0)->set_name("memories/none");
  EXPECT_EQ(fails(request).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(fails(request)), "MEMORY_NOT_FOUND");
}

TEST_F(ServerTest, AnalyzeCountsWhatComesInSeveralMessages) {
  Put("Hello there", "Hallo");
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  v1::AnalyzeResponse report;
  auto stream = stub->Analyze(&context, &report);
  v1::AnalyzeRequest request;
  request.add_memories()->set_name("memories/news");
  request.set_source_locale("en");
  request.set_target_locale("de");
  request.mutable_options()->add_weights()->set_row(v1::ANALYSIS_ROW_100);
  request.mutable_options()->mutable_penalties()->set_draft(7);
  request.set_file("a.txt");
  for (const char* text : {"Hello there", "42"}) request.add_segments()->mutable_content()->set_text(text);
  request.add_segments()->mutable_content()->set_text("Not to be translated");
  request.mutable_segments(2)->set_locked(true);
  ASSERT_TRUE(stream->Write(request));
  request.Clear();
  request.add_segments()->mutable_content()->set_text("Hello there");
  ASSERT_TRUE(stream->Write(request));  // of the same file
  request.set_file("b.txt");
  request.mutable_segments(0)->mutable_content()->set_text("Quite unknown words");
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(report.files_size(), 2);
  EXPECT_EQ(report.files(0).file(), "a.txt");
  EXPECT_EQ(report.files(1).total().words(), 3u);
  ASSERT_EQ(report.total().rows_size(), 11);
  const auto row = [&report](v1::AnalysisRow which) { return report.total().rows(which - 1); };
  EXPECT_EQ(row(v1::ANALYSIS_ROW_LOCKED).counts().words(), 4u);
  EXPECT_EQ(row(v1::ANALYSIS_ROW_NUMBERS).counts().segments(), 1u);
  EXPECT_EQ(row(v1::ANALYSIS_ROW_100).counts().segments(), 2u);
  EXPECT_EQ(row(v1::ANALYSIS_ROW_100).percent(), 0);
  EXPECT_EQ(row(v1::ANALYSIS_ROW_NONE).counts().words(), 3u);
  EXPECT_EQ(report.total().weighted_words(), 3.0);
  EXPECT_EQ(report.penalties().draft(), 7);
  EXPECT_EQ(report.penalties().machine(), 5);
  EXPECT_EQ(report.memories(0).name(), "memories/news");
}

TEST_F(ServerTest, AnalyzeNamesWhatIsWrong) {
  auto stub = v1::Matches::NewStub(channel_);
  const auto fails = [&](const std::function<void(v1::AnalyzeRequest*)>& spoil, bool send = true) {
    grpc::ClientContext context;
    v1::AnalyzeResponse report;
    auto stream = stub->Analyze(&context, &report);
    v1::AnalyzeRequest request;
    request.add_memories()->set_name("memories/news");
    request.set_source_locale("en");
    request.set_target_locale("de");
    request.add_segments()->mutable_content()->set_text("Hello");
    spoil(&request);
    if (send) stream->Write(request);
    stream->WritesDone();
    return FromGrpcStatus(stream->Finish());
  };
  EXPECT_EQ(FieldOf(fails([](v1::AnalyzeRequest*) {}, false)), "memories");
  EXPECT_EQ(FieldOf(fails([](v1::AnalyzeRequest* r) { r->clear_memories(); })), "memories");
  EXPECT_EQ(FieldOf(fails([](v1::AnalyzeRequest* r) { r->set_source_locale("e n"); })), "source_locale");
  EXPECT_EQ(FieldOf(fails([](v1::AnalyzeRequest* r) { r->clear_target_locale(); })), "target_locale");
  EXPECT_EQ(FieldOf(fails([](v1::AnalyzeRequest* r) { r->mutable_options()->mutable_penalties()->set_draft(101); })),
            "options.penalties.draft");
  EXPECT_EQ(FieldOf(fails([](v1::AnalyzeRequest* r) { r->mutable_options()->add_weights(); })), "options.weights.row");
  EXPECT_EQ(ReasonOf(fails([](v1::AnalyzeRequest* r) { r->mutable_memories(0)->set_name("memories/none"); })),
            "MEMORY_NOT_FOUND");
  const absl::Status many = fails([](v1::AnalyzeRequest* r) {
    for (int i = 0; i < 1000; ++i) r->add_segments()->mutable_content()->set_text("x");
  });
  EXPECT_EQ(many.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FieldOf(many), "segments");
}

TEST_F(ServerTest, BatchItemsFailAlone) {
  Put("Hello", "Hallo");
  auto stub = v1::Matches::NewStub(channel_);
  v1::BatchLookupRequest request;
  request.add_memories()->set_name("memories/news");
  for (const char* text : {"Hello", "", "other"}) {
    v1::LookupItem* item = request.add_items();
    item->set_request_id(text);
    *item->mutable_query() = Request(text).query();
  }
  v1::BatchLookupResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub->BatchLookup(&context, request, &response).ok());
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(response.results(0).response().matches_size(), 1);
  EXPECT_EQ(FieldOf(FromRpcStatus(response.results(1).status())), "items[1].query.content.text");
  EXPECT_FALSE(response.results(1).has_response());
  EXPECT_EQ(response.results(2).status().code(), 0);
  EXPECT_EQ(response.results(2).request_id(), "other");
}

TEST_F(ServerTest, BatchesHaveOneToAThousandItems) {
  auto matches = v1::Matches::NewStub(channel_);
  auto units = v1::Units::NewStub(channel_);
  v1::BatchLookupRequest lookup;
  lookup.add_memories()->set_name("memories/news");
  v1::PutUnitsRequest put;
  put.set_parent("memories/news");
  const auto statuses = [&] {
    grpc::ClientContext lookup_context, put_context;
    v1::BatchLookupResponse found;
    v1::PutUnitsResponse stored;
    std::vector<absl::Status> out = {FromGrpcStatus(matches->BatchLookup(&lookup_context, lookup, &found)),
                                     FromGrpcStatus(units->PutUnits(&put_context, put, &stored))};
    if (out[0].ok()) {
      EXPECT_EQ(found.results_size(), lookup.items_size());
    }
    if (out[1].ok()) {
      EXPECT_EQ(stored.results_size(), put.items_size());
    }
    return out;
  };
  for (const absl::Status& status : statuses()) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FieldOf(status), "items");
  }
  for (size_t i = 0; i < kMaxBatch; ++i) {
    *lookup.add_items()->mutable_query() = Request("Hello").query();
    v1::Variant* variant = put.add_items()->mutable_unit()->add_variants();
    variant->set_locale("en");
    variant->mutable_content()->set_text("text " + std::to_string(i));
  }
  for (const absl::Status& status : statuses()) EXPECT_TRUE(status.ok()) << status;
  *lookup.add_items() = lookup.items(0);
  *put.add_items() = put.items(0);
  for (const absl::Status& status : statuses()) {
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_EQ(FieldOf(status), "items");
  }
}

TEST_F(ServerTest, StreamAnswersInOrderAndInherits) {
  Put("Hello", "Hallo");
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  auto stream = stub->LookupStream(&context);
  constexpr int kRequests = 200;
  std::thread writer([&] {
    for (int i = 0; i < kRequests; ++i) {
      v1::LookupStreamRequest request;
      request.set_request_id(std::to_string(i));
      if (i == 0) request.add_memories()->set_name("memories/news");
      *request.mutable_query() = Request(i % 10 == 3 ? "" : "Hello").query();
      stream->Write(request);
    }
    stream->WritesDone();
  });
  v1::LookupStreamResponse response;
  int count = 0;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.request_id(), std::to_string(count));
    if (count % 10 == 3) {
      EXPECT_EQ(response.status().code(), 3);
    } else {
      EXPECT_EQ(response.response().matches_size(), 1);
    }
    ++count;
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(count, kRequests);
}

TEST_F(ServerTest, StreamGoesOnAfterBadTextAndEndsAtGarbage) {
  Put("Hello", "Hallo");
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel_);
  v1::LookupStreamRequest good;
  good.add_memories()->set_name("memories/news");
  *good.mutable_query() = Request("Hello").query();
  good.set_request_id("good");
  std::string bad = good.SerializeAsString();
  bad.replace(bad.find("Hello"), 1, "\xFF");
  bad.replace(bad.rfind("good"), 4, "evil");
  const std::vector<std::string> sent = {bad, good.SerializeAsString(), "\xFF\xFF\xFF"};

  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  auto stream = stub.PrepareCall(&context, "/reprise.v1.Matches/LookupStream", &queue);
  auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return ok;
  };
  stream->StartCall(nullptr);
  ASSERT_TRUE(wait());
  for (const std::string& bytes : sent) {
    grpc::Slice slice(bytes);
    stream->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    ASSERT_TRUE(wait());
  }
  std::vector<v1::LookupStreamResponse> answers;
  while (true) {
    grpc::ByteBuffer buffer;
    stream->Read(&buffer, nullptr);
    if (!wait()) break;
    answers.emplace_back();
    ASSERT_TRUE(answers.back().ParseFromString(BufferBytes(buffer)));
  }
  grpc::Status status;
  stream->Finish(&status, nullptr);
  wait();
  queue.Shutdown();
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].request_id(), "evil");
  EXPECT_EQ(answers[0].status().code(), 3);
  EXPECT_EQ(FieldOf(FromRpcStatus(answers[0].status())), "query.content.text");
  EXPECT_EQ(answers[1].response().matches_size(), 1);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ServerTest, RawBytesGetTheRightCode) {
  const std::string method = "/reprise.v1.Matches/Lookup";
  for (const std::string& bytes : {std::string("\xFF\xFF\xFF"), std::string("\x0A\x7F"), std::string(100, '\x07')}) {
    EXPECT_EQ(Raw(method, bytes).error_code(), StatusCode::INVALID_ARGUMENT);
  }
  EXPECT_EQ(Raw(method, "").error_code(), StatusCode::INVALID_ARGUMENT);

  std::string bad = Request("Hello").SerializeAsString();
  bad.replace(bad.find("Hello"), 1, "\xC3");
  grpc::Status status = Raw(method, bad);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(FieldOf(FromGrpcStatus(status)), "query.content.text");

  v1::PutUnitsRequest put;
  put.set_parent("memories/news");
  put.add_items();
  (*put.add_items()->mutable_unit()->mutable_attributes())["k"].add_values("VALUE");
  bad = put.SerializeAsString();
  bad.replace(bad.find("VALUE"), 1, "\x80");
  EXPECT_EQ(FieldOf(FromGrpcStatus(Raw("/reprise.v1.Units/PutUnits", bad))),
            "items[1].unit.attributes.value.values[0]");

  for (size_t bytes : {size_t{5} << 20, size_t{20} << 20, size_t{70} << 20}) {
    EXPECT_EQ(Raw(method, std::string(bytes, 'a')).error_code(), StatusCode::RESOURCE_EXHAUSTED) << bytes;
  }
  EXPECT_TRUE(Raw(method, Request("Hello").SerializeAsString()).ok());
}

TEST_F(ServerTest, HealthAndReflectionAreServed) {
  std::string answer;
  ASSERT_TRUE(Raw("/grpc.health.v1.Health/Check", "", &answer).ok());
  EXPECT_EQ(answer, "\x08\x01");  // status = SERVING
  // A ServerReflectionRequest with list_services set.
  const std::string list("\x3A\x00", 2);
  ASSERT_TRUE(Raw("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list, &answer).ok());
  for (const char* service : {"Memories", "Units", "Matches", "Transfer"}) {
    EXPECT_NE(answer.find(std::string("reprise.v1.") + service), std::string::npos) << service;
  }
}

TEST_F(ServerTest, InProcessChannelNeedsNoSocket) {
  ServerOptions options;
  options.listen = "";
  auto memory = std::make_unique<FakeMemory>();
  ASSERT_TRUE(memory->CreateMemory({.name = "m", .display_name = {}, .description = {}, .attributes = {}}).ok());
  options.memory = std::move(memory);
  auto server = Server::Start(std::move(options));
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ((*server)->port(), 0);
  auto stub = v1::Memories::NewStub((*server)->InProcessChannel());
  grpc::ClientContext context;
  v1::GetMemoryRequest request;
  request.set_name("memories/m");
  v1::Memory response;
  EXPECT_TRUE(stub->GetMemory(&context, request, &response).ok());
}

TEST_F(ServerTest, AnAddressInUseIsSaid) {
  ServerOptions options;
  options.listen = "127.0.0.1:" + std::to_string(server_->port());
  options.memory = std::make_unique<FakeMemory>();
  const auto second = Server::Start(std::move(options));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(MessageOf(second.status()).find("in use"), std::string::npos);
}

TEST(CheckListenTest, TakesLoopbackAlone) {
  for (const char* good : {"127.0.0.1:7420", "127.1.2.3:0", "localhost:1", "[::1]:65535"}) {
    EXPECT_TRUE(CheckListen(good).ok()) << good;
  }
  for (const char* bad : {"0.0.0.0:7420", "192.168.0.1:1", "[::]:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                          "127.0.0.1:x", "127.0.0.1.evil.example:1", "example.org:1", ":7420", "127.0.0:1"}) {
    EXPECT_EQ(FieldOf(CheckListen(bad)), "listen") << bad;
  }
}

TEST_F(ServerTest, UpkeepGoesThroughAsAskedAndComesBackAsAnswered) {
  auto stub = v1::Units::NewStub(channel_);
  v1::DeleteUnitsRequest remove;
  remove.set_parent("memories/news");
  remove.mutable_filter()->add_authors("x");
  remove.set_locale("de");
  remove.set_contains("y");
  remove.set_all(true);
  remove.set_actor("ann");
  v1::DeleteUnitsResponse removed;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->DeleteUnits(&context, remove, &removed).ok());
  }
  EXPECT_EQ(removed.matched(), 5u);
  EXPECT_EQ(removed.deleted(), 3u);
  EXPECT_EQ(removed.changed_meanwhile(), 2u);
  const DeleteOptions asked = fake_->maintenance().deleted();
  EXPECT_EQ(fake_->maintenance().memory(), "news");
  EXPECT_EQ(asked.filter.authors, std::vector<std::string>{"x"});
  EXPECT_EQ(asked.locale + asked.contains + asked.actor, "deyann");
  EXPECT_TRUE(asked.all);
  EXPECT_FALSE(asked.dry_run);
  EXPECT_FALSE(asked.expected_count.has_value());
  remove.set_expected_count(13);
  {
    grpc::ClientContext context;
    EXPECT_EQ(ReasonOf(FromGrpcStatus(stub->DeleteUnits(&context, remove, &removed))), "COUNT_CHANGED");
  }
  remove.set_contains(std::string(kMaxFindBytes + 1, 'a'));
  {
    grpc::ClientContext context;
    EXPECT_EQ(FieldOf(FromGrpcStatus(stub->DeleteUnits(&context, remove, &removed))), "contains");
  }
}

TEST_F(ServerTest, ReplacementsGoThroughAsAskedAndComeBackAsAnswered) {
  auto stub = v1::Units::NewStub(channel_);
  v1::ReplaceTextRequest request;
  request.set_parent("memories/news");
  request.set_locale("de");
  request.set_find("a");
  request.set_replacement("b");
  request.set_fold(true);
  request.set_dry_run(true);
  v1::ReplaceTextResponse response;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->ReplaceText(&context, request, &response).ok());
  }
  EXPECT_EQ(response.ShortDebugString(),
            "variants: 1 occurrences: 2 replaced: 3 locked: 4 refused: 5 doubled: 6 changed_meanwhile: 7 "
            "previews { unit: \"memories/news/units/8\" before: \"before\" after: \"after\" }");
  const ReplaceOptions asked = fake_->maintenance().replaced();
  EXPECT_EQ(asked.locale + asked.pattern.find + asked.pattern.replacement, "deab");
  EXPECT_TRUE(asked.pattern.fold);
  EXPECT_FALSE(asked.pattern.whole_word);
  EXPECT_TRUE(asked.dry_run);
  EXPECT_EQ(asked.max_previews, 100u);
  request.set_preview_limit(-1);
  {
    grpc::ClientContext context;
    EXPECT_EQ(FieldOf(FromGrpcStatus(stub->ReplaceText(&context, request, &response))), "preview_limit");
  }
}

TEST_F(ServerTest, ChecksComeBackWithEveryKind) {
  auto stub = v1::Memories::NewStub(channel_);
  v1::CheckMemoryRequest request;
  request.set_name("memories/news");
  request.set_source_locale("en");
  request.set_target_locale("de");
  request.set_finding_limit(7);
  v1::CheckMemoryResponse response;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->CheckMemory(&context, request, &response).ok());
  }
  EXPECT_EQ(response.units(), 9u);
  EXPECT_EQ(response.pairs(), 10u);
  ASSERT_EQ(response.counts_size(), kFindingKinds);
  EXPECT_EQ(response.counts(0).kind(), v1::FINDING_KIND_DUPLICATE);
  EXPECT_EQ(response.counts(0).count(), 0u);
  EXPECT_EQ(response.counts(4).count(), 11u);
  ASSERT_EQ(response.findings_size(), 1);
  EXPECT_EQ(response.findings(0).kind(), v1::FINDING_KIND_IDENTICAL);
  EXPECT_EQ(response.findings(0).units(0).unit(), "memories/news/units/12");
  EXPECT_EQ(fake_->maintenance().checked().max_findings, 7u);
  EXPECT_EQ(fake_->maintenance().checked().target_locale, "de");
  request.set_finding_limit(-1);
  {
    grpc::ClientContext context;
    EXPECT_EQ(FieldOf(FromGrpcStatus(stub->CheckMemory(&context, request, &response))), "finding_limit");
  }
}

TEST_F(ServerTest, UsesAreCountedEachForItself) {
  auto stub = v1::Units::NewStub(channel_);
  v1::RecordUseRequest request;
  v1::RecordUseResponse response;
  {
    grpc::ClientContext context;
    EXPECT_EQ(FieldOf(FromGrpcStatus(stub->RecordUse(&context, request, &response))), "uses");
  }
  for (const char* name : {"memories/news/units/404", "memories/gone/units/1", "memories/news/units/7"}) {
    request.add_uses()->set_name(name);
  }
  request.mutable_uses(2)->set_target_locale("de");
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->RecordUse(&context, request, &response).ok());
  }
  ASSERT_EQ(response.statuses_size(), 3);
  EXPECT_EQ(ReasonOf(FromRpcStatus(response.statuses(0))), "UNIT_NOT_FOUND");
  EXPECT_EQ(ReasonOf(FromRpcStatus(response.statuses(1))), "MEMORY_NOT_FOUND");
  EXPECT_EQ(response.statuses(2).code(), 0);
  ASSERT_EQ(fake_->maintenance().used().size(), 2u);
  EXPECT_EQ(fake_->maintenance().used()[1].unit, 7u);
  EXPECT_EQ(fake_->maintenance().used()[1].target_locale, "de");
  request.add_uses()->set_name("news/7");
  {
    grpc::ClientContext context;
    EXPECT_EQ(FieldOf(FromGrpcStatus(stub->RecordUse(&context, request, &response))), "uses[3].name");
  }
}

TEST_F(ServerTest, PutCountsWhatItsItemsWereMadeFrom) {
  auto stub = v1::Units::NewStub(channel_);
  v1::PutUnitsRequest request;
  request.set_parent("memories/news");
  for (const char* used : {"memories/ref/units/7", "memories/ref/units/404", "memories/ref/units/8", "ref/9", ""}) {
    v1::PutItem* item = request.add_items();
    item->set_used_unit(used);
    for (const char* locale : {"en", "de"}) {
      v1::Variant* variant = item->mutable_unit()->add_variants();
      variant->set_locale(locale);
      variant->mutable_content()->set_text(std::string(locale) + used);
    }
  }
  request.mutable_items(2)->mutable_unit()->mutable_variants(0)->mutable_content()->set_text("refuse me");
  grpc::ClientContext context;
  v1::PutUnitsResponse response;
  ASSERT_TRUE(stub->PutUnits(&context, request, &response).ok());
  EXPECT_EQ(response.results(0).message(), "");
  EXPECT_EQ(response.results(1).outcome(), v1::PUT_OUTCOME_ADDED);
  EXPECT_NE(response.results(1).message().find("the use was not counted"), std::string::npos);
  EXPECT_EQ(response.results(2).outcome(), v1::PUT_OUTCOME_REFUSED);
  EXPECT_EQ(FieldOf(FromRpcStatus(response.results(3).status())), "items[3].used_unit");
  EXPECT_EQ(response.results(4).outcome(), v1::PUT_OUTCOME_ADDED);
  ASSERT_EQ(fake_->maintenance().used().size(), 2u);  // not that of the item that was refused
  EXPECT_EQ(fake_->maintenance().used()[0].unit, 7u);
  EXPECT_EQ(fake_->maintenance().used()[0].target_locale, "de");
}

}  // namespace
}  // namespace reprise
