// Imports and exports through the server.
#include "server/server.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "reprise/v1/transfer.grpc.pb.h"
#include "server/status.h"
#include "tests/server/server_fixture.h"

namespace reprise {
namespace {

using grpc::StatusCode;
using testing::ServerTest;

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

}  // namespace
}  // namespace reprise
