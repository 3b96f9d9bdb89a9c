// Deadlines, cancellation, shutdown, and long calls beside short ones.
#include "server/server.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "reprise/v1/matches.grpc.pb.h"
#include "tests/server/server_fixture.h"

namespace reprise {
namespace {

using grpc::StatusCode;
using testing::ServerTest;

// Cancels the call when the first lookup or suggestion of "wait" has begun. To be joined.
std::thread CancelOnceStarted(FakeMemory* fake, grpc::ClientContext* context) {
  return std::thread([fake, context] {
    fake->AwaitStarted(1);
    context->TryCancel();
  });
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
  std::thread canceller = CancelOnceStarted(fake_, &context);
  v1::LookupResponse response;
  EXPECT_EQ(stub->Lookup(&context, Request("wait"), &response).error_code(), StatusCode::CANCELLED);
  fake_->AwaitCancelled(1);
  canceller.join();
}

TEST_F(ServerTest, CancellingASuggestionStopsTheWork) {
  auto stub = v1::Matches::NewStub(channel_);
  grpc::ClientContext context;
  std::thread canceller = CancelOnceStarted(fake_, &context);
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
  std::thread canceller = CancelOnceStarted(fake_, &context);
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

}  // namespace
}  // namespace reprise
