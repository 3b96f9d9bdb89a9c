// The whole server over a loopback socket (and in process), on a fake memory: calls, raw bytes, streams, shutdown.
#include "server/server.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <functional>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "reprise/v1/matches.grpc.pb.h"
#include "reprise/v1/memories.grpc.pb.h"
#include "reprise/v1/transfer.grpc.pb.h"
#include "reprise/v1/units.grpc.pb.h"
#include "server/status.h"
#include "server/wire.h"
#include "tests/server/fake_memory.h"

namespace reprise {
namespace {

using grpc::StatusCode;

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto memory = std::make_unique<FakeMemory>();
    fake_ = memory.get();
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.transfer_threads = 1;
    options.memory = std::move(memory);
    auto server = Server::Start(std::move(options));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(server).value();
    ASSERT_GT(server_->port(), 0);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()), grpc::InsecureChannelCredentials());
    ASSERT_TRUE(fake_->CreateMemory({.name = "news", .display_name = {}, .description = {}, .attributes = {}}).ok());
  }

  static v1::LookupRequest Request(const std::string& text) {
    v1::LookupRequest request;
    request.add_memories()->set_name("memories/news");
    request.mutable_query()->mutable_content()->set_text(text);
    request.mutable_query()->set_source_locale("en");
    request.mutable_query()->set_target_locale("de");
    return request;
  }

  void Put(const std::string& source, const std::string& target) {
    Unit unit;
    unit.variants.resize(2);
    unit.variants[0].locale = "en";
    unit.variants[0].content.text = source;
    unit.variants[1].locale = "de";
    unit.variants[1].content.text = target;
    ASSERT_TRUE(fake_->PutUnits("news", {unit}, {}).ok());
  }

  // Sends `bytes` as they are to a unary method.
  grpc::Status Raw(const std::string& method, const std::string& bytes, std::string* answer = nullptr) {
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(channel_);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    std::mutex mu;
    std::condition_variable done;
    bool finished = false;
    grpc::Status out;
    { std::lock_guard<std::mutex> lock(mu); }  // what is above happened before the callback, also to ThreadSanitizer
    stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response, [&](grpc::Status status) {
      std::lock_guard<std::mutex> lock(mu);
      out = std::move(status);
      finished = true;
      done.notify_one();
    });
    std::unique_lock<std::mutex> lock(mu);
    done.wait(lock, [&] { return finished; });
    if (answer != nullptr) *answer = BufferBytes(response);
    return out;
  }

  FakeMemory* fake_ = nullptr;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

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

TEST_F(ServerTest, LongLookupsDoNotHoldUpTheOthers) {
  Put("Hello", "Hallo");
  auto stub = v1::Matches::NewStub(channel_);
  // As many long calls as there are processors, and a stream that would fill any pool with its window.
  const int calls = std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::thread> threads;
  for (int i = 0; i < calls; ++i) {
    contexts.push_back(std::make_unique<grpc::ClientContext>());
    threads.emplace_back([&stub, context = contexts.back().get()] {
      v1::LookupResponse response;
      EXPECT_EQ(stub->Lookup(context, Request("wait"), &response).error_code(), StatusCode::CANCELLED);
    });
  }
  grpc::ClientContext stream_context;
  auto stream = stub->LookupStream(&stream_context);
  v1::LookupStreamRequest request;
  request.add_memories()->set_name("memories/news");
  *request.mutable_query() = Request("wait").query();
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(stream->Write(request));
  fake_->AwaitStarted(calls + 2);
  grpc::ClientContext context;
  v1::LookupResponse response;
  EXPECT_TRUE(stub->Lookup(&context, Request("Hello"), &response).ok());
  EXPECT_EQ(response.matches_size(), 1);
  for (auto& held : contexts) held->TryCancel();
  stream_context.TryCancel();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
}

// The fake's lookup of "wait" ends by cancellation alone, so that each of these hangs if the server does not pass it
// on.
TEST_F(ServerTest, ADeadlineStopsTheWork) {
  auto stub = v1::Matches::NewStub(channel_);
  v1::LookupResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  EXPECT_EQ(stub->Lookup(&context, Request("wait"), &response).error_code(), StatusCode::DEADLINE_EXCEEDED);
  fake_->AwaitCancelled(1);
}

TEST_F(ServerTest, CancellingALookupStopsTheWork) {
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  std::thread canceller([&] {
    fake_->AwaitStarted(1);
    context.TryCancel();
  });
  v1::LookupResponse response;
  EXPECT_EQ(stub->Lookup(&context, Request("wait"), &response).error_code(), StatusCode::CANCELLED);
  fake_->AwaitCancelled(1);
  canceller.join();
}

TEST_F(ServerTest, CancellingASuggestionStopsTheWork) {
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  std::thread canceller([&] {
    fake_->AwaitStarted(1);
    context.TryCancel();
  });
  v1::SuggestRequest request;
  request.add_memories()->set_name("memories/news");
  *request.mutable_query() = Request("Hello").query();
  request.set_prefix("wait");
  v1::SuggestResponse response;
  EXPECT_EQ(stub->Suggest(&context, request, &response).error_code(), StatusCode::CANCELLED);
  fake_->AwaitCancelled(1);
  canceller.join();
}

TEST_F(ServerTest, ANewerKeystrokeCancelsTheOlder) {
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  auto stream = stub->SuggestStream(&context);
  v1::SuggestStreamRequest request;
  request.add_memories()->set_name("memories/news");
  *request.mutable_query() = Request("Hello").query();
  request.set_prefix("wait");
  request.set_request_id("old");
  ASSERT_TRUE(stream->Write(request));
  fake_->AwaitStarted(1);  // its search ends by cancellation alone
  request.Clear();         // the rest is inherited
  request.set_prefix("Hal");
  request.set_request_id("new");
  ASSERT_TRUE(stream->Write(request));
  v1::SuggestStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request_id(), "old");
  EXPECT_EQ(response.status().code(), static_cast<int>(StatusCode::CANCELLED));
  EXPECT_FALSE(response.has_response());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request_id(), "new");
  EXPECT_EQ(response.status().code(), 0);
  ASSERT_EQ(response.response().completions_size(), 1);
  EXPECT_EQ(response.response().completions(0).text(), "Hal");
  EXPECT_EQ(response.response().completions(0).unit(), "memories/news/units/1");
  fake_->AwaitCancelled(1);
  request.mutable_query();  // a bad one ends nothing
  request.set_request_id("bad");
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.request_id(), "bad");
  EXPECT_EQ(response.status().code(), static_cast<int>(StatusCode::INVALID_ARGUMENT));
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ServerTest, EveryKeystrokeOfAFloodIsAnsweredInOrder) {
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  auto stream = stub->SuggestStream(&context);
  constexpr int kKeystrokes = 500;
  std::thread writer([&] {
    for (int i = 0; i < kKeystrokes; ++i) {
      v1::SuggestStreamRequest request;
      request.set_request_id(std::to_string(i));
      request.set_prefix(std::to_string(i));
      if (i == 0) request.add_memories()->set_name("memories/news");
      if (i == 0) *request.mutable_query() = Request("Hello").query();
      EXPECT_TRUE(stream->Write(request));
    }
    stream->WritesDone();
  });
  v1::SuggestStreamResponse response;
  int count = 0;
  while (stream->Read(&response)) {
    EXPECT_EQ(response.request_id(), std::to_string(count));
    if (response.status().code() == 0) {
      EXPECT_EQ(response.response().completions(0).text(), std::to_string(count));
    } else {
      EXPECT_EQ(response.status().code(), static_cast<int>(StatusCode::CANCELLED));
      EXPECT_LT(count, kKeystrokes - 1) << "the newest is never cancelled";
    }
    ++count;
  }
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(count, kKeystrokes);
}

TEST_F(ServerTest, CancellingABatchStopsTheWork) {
  auto stub = v1::Matches::NewStub(channel_);
  v1::BatchLookupRequest request;
  request.add_memories()->set_name("memories/news");
  for (int i = 0; i < 3; ++i) *request.add_items()->mutable_query() = Request("wait").query();
  grpc::ClientContext context;
  std::thread canceller([&] {
    fake_->AwaitStarted(1);
    context.TryCancel();
  });
  v1::BatchLookupResponse response;
  EXPECT_EQ(stub->BatchLookup(&context, request, &response).error_code(), StatusCode::CANCELLED);
  fake_->AwaitCancelled(1);
  canceller.join();
}

TEST_F(ServerTest, CancellingAStreamStopsTheWork) {
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  auto stream = stub->LookupStream(&context);
  v1::LookupStreamRequest request;
  request.add_memories()->set_name("memories/news");
  *request.mutable_query() = Request("wait").query();
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(stream->Write(request));
  fake_->AwaitStarted(1);
  context.TryCancel();
  v1::LookupStreamResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  fake_->AwaitCancelled(1);
}

TEST_F(ServerTest, ShutdownCancelsWhatIsLeft) {
  auto stub = v1::Matches::NewStub(channel_);
  v1::LookupResponse response;
  grpc::Status status;
  grpc::ClientContext stream_context;
  auto stream = stub->LookupStream(&stream_context);
  v1::LookupStreamRequest request;
  request.add_memories()->set_name("memories/news");
  *request.mutable_query() = Request("Hello").query();
  v1::LookupStreamResponse answer;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&answer));
  *request.mutable_query() = Request("wait").query();
  ASSERT_TRUE(stream->Write(request));
  server_->Shutdown(std::chrono::milliseconds(10));
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_FALSE(stream->Finish().ok());
}

v1::ImportRequest Config(const std::string& parent) {
  v1::ImportRequest request;
  request.mutable_config()->set_parent(parent);
  return request;
}

v1::ImportRequest Chunk(const std::string& bytes) {
  v1::ImportRequest request;
  request.set_chunk(bytes);
  return request;
}

// Sends all, gathers what comes back.
grpc::Status RunImport(v1::Transfer::Stub* stub, const std::vector<v1::ImportRequest>& requests,
                       std::vector<v1::ImportResponse>* responses) {
  grpc::ClientContext context;
  auto stream = stub->Import(&context);
  std::thread writer([&] {
    for (const v1::ImportRequest& request : requests) {
      if (!stream->Write(request)) return;
    }
    stream->WritesDone();
  });
  v1::ImportResponse response;
  while (stream->Read(&response)) responses->push_back(response);
  writer.join();
  return stream->Finish();
}

TEST_F(ServerTest, ImportReportsEveryUnit) {
  auto stub = v1::Transfer::NewStub(channel_);
  std::string file;
  for (int i = 0; i < 5000; ++i) file += i % 2 == 0 ? "s" + std::to_string(i) + "\tt\n" : "bad\n";
  std::vector<v1::ImportRequest> requests = {Config("memories/news")};
  for (size_t at = 0; at < file.size(); at += 10000) requests.push_back(Chunk(file.substr(at, 10000)));
  std::vector<v1::ImportResponse> responses;
  const grpc::Status status = RunImport(stub.get(), requests, &responses);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_FALSE(responses.empty());
  EXPECT_TRUE(responses.back().done());
  EXPECT_EQ(responses.back().counts().units_read(), 5000u);
  EXPECT_EQ(responses.back().counts().added(), 2500u);
  EXPECT_EQ(responses.back().counts().bytes_read(), file.size());
  uint64_t line = 2;
  uint64_t bytes = 0;
  for (const v1::ImportResponse& response : responses) {
    EXPECT_GE(response.counts().bytes_read(), bytes);
    bytes = response.counts().bytes_read();
    EXPECT_EQ(response.done(), &response == &responses.back());
    for (const v1::ImportRefusal& refusal : response.refusals()) {
      EXPECT_EQ(refusal.line(), line);
      line += 2;
    }
  }
  EXPECT_EQ(line, 5002u);
}

TEST_F(ServerTest, ImportErrorsKeepWhatWasStored) {
  auto stub = v1::Transfer::NewStub(channel_);
  std::vector<v1::ImportResponse> responses;
  grpc::Status status = RunImport(stub.get(), {Config("memories/news"), Chunk("a\tb\nstop\nc\td\n")}, &responses);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "line 2: stop");
  ASSERT_FALSE(responses.empty());
  EXPECT_EQ(responses.back().counts().added(), 1u);
  EXPECT_FALSE(responses.back().done());
  EXPECT_TRUE(fake_->GetUnit("news", 1).ok());

  auto field = [&](const std::vector<v1::ImportRequest>& requests) {
    return FieldOf(FromGrpcStatus(RunImport(stub.get(), requests, &responses)));
  };
  EXPECT_EQ(field({}), "config");
  EXPECT_EQ(field({Chunk("a")}), "config");
  EXPECT_EQ(field({Config("news")}), "config.parent");
  EXPECT_EQ(field({Config("memories/news"), Config("memories/news")}), "config");
  EXPECT_EQ(field({Config("memories/news"), Chunk(std::string((64 << 10) + 1, 'a'))}), "chunk");
  status = RunImport(stub.get(), {Config("memories/none")}, &responses);
  EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
}

TEST_F(ServerTest, TransfersBeyondTheThreadsAreRefused) {
  auto stub = v1::Transfer::NewStub(channel_);
  grpc::ClientContext context;
  auto held = stub->Import(&context);
  ASSERT_TRUE(held->Write(Config("memories/news")));
  ASSERT_TRUE(held->Write(Chunk("a\tb\n")));
  v1::ImportResponse response;
  ASSERT_TRUE(held->Read(&response));  // so it runs
  std::vector<v1::ImportResponse> responses;
  const grpc::Status status = RunImport(stub.get(), {Config("memories/news")}, &responses);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(status)), "TOO_MANY_TRANSFERS");
  held->WritesDone();
  while (held->Read(&response)) {
  }
  EXPECT_TRUE(held->Finish().ok());
}

TEST_F(ServerTest, ExportStreamsTheFile) {
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = "sentence number " + std::to_string(i) + std::string(80, '.');
    Put(text, "t");
    expected += text + "\n";
  }
  auto stub = v1::Transfer::NewStub(channel_);
  v1::ExportRequest request;
  request.set_parent("memories/news");
  {
    grpc::ClientContext context;
    auto reader = stub->Export(&context, request);
    v1::ExportResponse response;
    std::string bytes;
    v1::ExportSummary summary;
    while (reader->Read(&response)) {
      EXPECT_FALSE(summary.units() != 0) << "the summary comes last";
      EXPECT_LE(response.chunk().size(), size_t{64 << 10});
      EXPECT_EQ(response.has_summary(), response.chunk().empty());
      bytes += response.chunk();
      summary = response.summary();
    }
    EXPECT_EQ(summary.units(), 3000u);
    EXPECT_EQ(summary.skipped(), 1u);
    EXPECT_EQ(summary.repeated(), 2u);
    EXPECT_EQ(summary.replaced(), 3u);
    EXPECT_TRUE(reader->Finish().ok());
    EXPECT_TRUE(bytes == expected);
  }
  grpc::ClientContext context;
  request.set_format(v1::FORMAT_TEXT);
  auto reader = stub->Export(&context, request);
  v1::ExportResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(FieldOf(FromGrpcStatus(reader->Finish())), "format");
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
